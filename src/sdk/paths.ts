/** A path of the API with what it names, each escaped: `path('/api/companies', id)`. */
export function pathTo(root: string, ...names: readonly string[]): string {
  return [root, ...names.map(encodeURIComponent)].join('/')
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>

/** The query of what is given, with its question mark; nothing when nothing is. */
export function query(values: Values): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) given.set(name, String(value))
  }
  return given.size === 0 ? '' : `?${given}`
}
