/** The code of a system error (`ENOENT`); undefined when the error has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** What an error says. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Why a system call failed: its code, or the text of an error that has none. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? textOf(error)
}
