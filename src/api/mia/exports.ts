import { invalidParameter } from '../../http/query.ts'
import { type Streamed, streamed } from '../../http/streamed.ts'
import { Type } from '../../schema/type.ts'

/** In which forms a list comes, by the word for it. */
export const formats = {
  json: 'application/json',
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
} as const

/** One of them. */
export type Format = keyof typeof formats

function isFormat(word: string): word is Format {
  return Object.hasOwn(formats, word)
}

/** The word for a form, in a query. */
export const format = Type.Optional(
  Type.Enum(Object.keys(formats).filter(isFormat), {
    expected: Object.keys(formats).join(', '),
    description: 'csv and jsonl answer all pages at once; absent: as Accept has it',
  }),
)

/** The media types of those that come a part at a time. */
export const exportTypes = [formats.csv, formats.jsonl] as const

type Row = Readonly<Record<string, unknown>>

/** The form that a request asks for: by its word first, or as its Accept has it. */
export function formatOf(word: Format | undefined, wanted: string | undefined): Format {
  if (word !== undefined) return word
  if (wanted === formats.csv) return 'csv'
  return wanted === formats.jsonl ? 'jsonl' : 'json'
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** RFC 4180 §2; what a spreadsheet would run (= + - @ tab CR, and their wide forms) gets a quote in front. */
function cell(value: unknown): string {
  const text = textOf(value).replace(/^[=+\-@\t\r＝＋－＠]/, "'$&")
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const line = (values: readonly unknown[]) => `${values.map(cell).join(',')}\r\n`

async function* csv(columns: readonly string[], pages: AsyncIterable<readonly Row[]>) {
  let head = line(columns)
  for await (const rows of pages) {
    yield head + rows.map((row) => line(columns.map((name) => row[name]))).join('')
    head = ''
  }
}

async function* jsonLines(pages: AsyncIterable<readonly Row[]>) {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

/** A list as a table or as lines of JSON, a page at a time. */
export async function exported(
  format: 'csv' | 'jsonl',
  columns: readonly string[],
  pages: AsyncIterable<readonly Row[]>,
): Promise<Streamed> {
  if (format === 'jsonl') return await streamed(formats.jsonl, jsonLines(pages))
  return await streamed('text/csv; charset=utf-8; header=present', csv(columns, pages))
}

/** How a page of a list is named. */
interface PageNamed {
  readonly page?: unknown
  readonly per_page?: unknown
  readonly cursor?: unknown
}

/** What comes all at once has no pages. Fails with `request.invalid`. */
export function assertNoPage(format: Format, query: PageNamed): void {
  const asked = (['page', 'per_page', 'cursor'] as const).find((name) => query[name] !== undefined)
  if (asked === undefined) return
  throw invalidParameter(
    asked,
    `${format} answers all pages at once; leave it out, or ask for json`,
  )
}
