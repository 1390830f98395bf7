import type { Command } from 'commander'
import { printable } from '../telemetry/printable.ts'
import type { Shown } from './failure.ts'
import { type Column, padded, tableFor } from './table.ts'
import { widthOf } from './width.ts'
import { worldOf } from './world.ts'

/** A command's answer, once for a reader and once for a program. */
export interface Report {
  /** Printed as JSON with `--json`. */
  readonly json: unknown
  /** Lines for a person. */
  readonly lines: readonly string[]
}

/** What a verb that goes on by itself tells of one event. */
export interface LogLine {
  readonly json: unknown
  readonly line: string
}

function isJson(command: Command): boolean {
  return command.optsWithGlobals()['json'] === true
}

/** How wide a line may be: as the terminal, and without a bound where there is none. */
export function roomOf(command: Command): number {
  return worldOf(command).columns ?? Number.POSITIVE_INFINITY
}

/** Prints the answer of a command. */
export function print(command: Command, { json, lines }: Report): void {
  const { stdout } = worldOf(command)
  if (isJson(command)) stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  else if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
}

/** Prints one line of a log; with `--json` it is JSON. */
export function printLine(command: Command, { json, line }: LogLine): void {
  worldOf(command).stdout.write(`${isJson(command) ? JSON.stringify(json) : line}\n`)
}

/** A list as a table; items that are many come in pages, and are never held all at once. */
export interface Listing<T> {
  readonly pages: AsyncIterable<readonly T[]>
  readonly columns: readonly Column[]
  readonly row: (item: T) => readonly string[]
  /** What is said of a list without items. */
  readonly none: string
}

async function* asJson<T>({ pages }: Listing<T>): AsyncIterable<string> {
  let isEmpty = true
  for await (const items of pages) {
    for (const item of items) {
      const text = JSON.stringify(item, null, 2).replaceAll('\n', '\n  ')
      yield `${isEmpty ? '[' : ','}\n  ${text}`
      isEmpty = false
    }
  }
  yield isEmpty ? '[]\n' : '\n]\n'
}

async function* asTable<T>(listing: Listing<T>, room: number): AsyncIterable<string> {
  const { pages, columns, row, none } = listing
  let table: ReturnType<typeof tableFor> | undefined
  for await (const items of pages) {
    const rows = items.map(row)
    if (rows.length === 0) continue
    if (table === undefined) {
      table = tableFor(columns, rows, room)
      yield `${table.heading}\n`
    }
    yield `${rows.map(table.row).join('\n')}\n`
  }
  if (table === undefined) yield `${none}\n`
}

/** Prints a list as its pages come. */
export async function printList<T>(command: Command, listing: Listing<T>): Promise<void> {
  const { stdout } = worldOf(command)
  const texts = isJson(command) ? asJson(listing) : asTable(listing, roomOf(command))
  for await (const text of texts) stdout.write(text)
}

/** What goes to standard error, so that what is piped on is never an error text. */
export function failureText(shown: Shown, asJson: boolean): string {
  const { code, message, field, requestId, advice, exitCode } = shown
  if (asJson) {
    const error = { code, message, field, requestId, advice, exitCode }
    return `${JSON.stringify({ error })}\n`
  }
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  const next = advice === undefined ? '' : `\n  ${advice}`
  return `ostiary: ${message}${request}${next}\n`
}

/** `name  value` lines; what is undefined is left out. */
export function fields(values: Readonly<Record<string, string | undefined>>): string[] {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  )
  const width = Math.max(...given.map(({ name }) => widthOf(name)))
  return given.map(({ name, value }) => `${padded(name, width)}  ${value}`)
}

/**
 * What others called a thing goes to the terminal in one line, with escapes for what is not seen. Joiners and variation
 * selectors go too: terminals do not agree how wide is what they join.
 */
export function plain(text: string): string {
  return printable(text.replace(/[\u200d\ufe0e\ufe0f]/g, ''))
}

/** A time of the server as a person reads it: to the second, in UTC. */
export function shownTime(time: string | undefined, absent = 'never'): string {
  return time === undefined ? absent : time.replace(/\.\d+Z$/, 'Z')
}

/** The lines that go with a secret. */
export function secretLines(secret: string | undefined): readonly string[] {
  return secret === undefined ? [] : ['The secret is shown this once: keep it now.']
}
