const shownLength = 500

/** What looks like a secret of Ostiary, a token or a login, wherever it stands in a text. */
const secrets = /ost_[a-z]+_[\w-]+|eyJ[\w-]+(\.[\w-]*)*|\b(Basic|Bearer)\s+[\w+/=.~-]+/gi

/** A text that came from outside, fit for a message: bounded, printable, and without secrets. */
export function shown(text: string): string {
  const bounded = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
  return bounded.replace(secrets, '[secret]').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�')
}

/** A text as it was meant, when it was read from a file: without its BOM and last line breaks. */
export function fromFile(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')
}

type Members = Readonly<Record<string, unknown>>

/** The members of an answer; none when it is no object. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** The text itself; undefined for all else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
