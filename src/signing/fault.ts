/** Something about the keys folder that only its operator can mend: it names the file and the fix. */
export class KeyFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'KeyFault'
  }
}

/** The folder refuses every write, as a mounted Kubernetes secret does. */
export class FolderNotWritable extends KeyFault {}

const hasCode = (error: unknown): error is { readonly code: string } =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'

/** The code of a system error (`ENOENT`), or its text when it has none. */
export function reasonOf(error: unknown): string {
  if (hasCode(error)) return error.code
  return error instanceof Error ? error.message : String(error)
}
