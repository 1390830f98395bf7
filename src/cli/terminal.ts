import type { Command } from 'commander'
import type { Shown } from './failure.ts'
import { worldOf } from './world.ts'

/** A command's answer, once for a reader and once for a program. */
export interface Report {
  /** Printed as JSON with `--json`. */
  readonly json: unknown
  /** Lines for a person. */
  readonly lines: readonly string[]
}

function isJson(command: Command): boolean {
  return command.optsWithGlobals()['json'] === true
}

/** Prints the answer of a command. */
export function print(command: Command, { json, lines }: Report): void {
  const { stdout } = worldOf(command)
  if (isJson(command)) stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  else if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
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

/** Columns as wide as their widest cell, two blanks apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** `name  value` lines; what is undefined is left out. */
export function fields(values: Readonly<Record<string, string | undefined>>): string[] {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  )
  const width = Math.max(...given.map(({ name }) => name.length))
  return given.map(({ name, value }) => `${name.padEnd(width)}  ${value}`)
}

/** What others called a thing goes to the terminal without its control characters. */
export function plain(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}

/** The items of a list that is separated by commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
