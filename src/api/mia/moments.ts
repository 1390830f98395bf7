import { invalidParameter } from '../../http/query.ts'

/** RFC 3339 §5.6, with a zone: without one a time would be read in the zone of the server. */
const form =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i
/** The last one that is written with four digits for the year, and the first. */
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const earliest = Date.parse('0000-01-01T00:00:00Z')

/** Whether a day is there: Date takes the 30th of February for the 2nd of March. */
function exists(day: string): boolean {
  const at = Date.parse(day)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)
}

function read(text: string): number | undefined {
  const day = form.exec(text)?.[1]
  if (day === undefined || !exists(day)) return undefined
  const at = Date.parse(text.toUpperCase())
  return at >= earliest && at <= latest ? at : undefined
}

/** Milliseconds of a time (RFC 3339) that exists. Fails with `request.invalid`, naming the field. */
export function moment(field: string, text: string): number {
  const at = read(text)
  if (at === undefined) {
    throw invalidParameter(
      field,
      'expected a time that exists, such as 2030-01-31T12:00:00Z (RFC 3339)',
    )
  }
  return at
}

/** A plus that nobody encoded comes out of a query as a blank: before a zone it was nothing else. */
function withPlus(text: string): string {
  return text.replace(/ (?=\d\d:\d\d$)/, '+')
}

/** The same of a parameter of a query. Fails with `request.invalid`. */
export function queriedMoment(field: string, text: string): number {
  return moment(field, withPlus(text))
}

const unixSeconds = /^\d{1,11}$/

/** Milliseconds of Unix seconds, or of a time as above, in a query. Fails with `request.invalid`. */
export function instant(field: string, text: string): number {
  if (unixSeconds.test(text)) return Number(text) * 1000
  const at = read(withPlus(text))
  if (at !== undefined) return at
  const said =
    'expected Unix seconds, or a time that exists, such as 2030-01-31T12:00:00Z (RFC 3339)'
  throw invalidParameter(field, said)
}
