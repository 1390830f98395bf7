import { distance } from 'fastest-levenshtein'

/** So much of a name may be mistyped: a third of it, or it is another name. */
const mistyped = 1 / 3

/** The known name that somebody probably meant; undefined when none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  // What is typed may come from a stranger, and the comparison costs the product of both lengths.
  const typed = given.slice(0, 100).toLowerCase()
  const most = Math.floor(typed.length * mistyped)
  const near = known
    .map((name) => ({ name, away: distance(typed, name.toLowerCase()) }))
    .toSorted((one, other) => one.away - other.away)[0]
  return near !== undefined && near.away <= most ? near.name : undefined
}

/** ` (did you mean …?)`, or nothing when no known name is near. */
export function meant(given: string, known: readonly string[]): string {
  const name = nearest(given, known)
  return name === undefined ? '' : ` (did you mean ${name}?)`
}
