import { statSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'
import type { Command } from 'commander'
import { JsonRefused, parseJson } from '../../domain/json.ts'
import { textOf as textOfError } from '../../files/reason.ts'
import { UsageError } from '../failure.ts'
import { readInput } from '../world.ts'

const mostBytes = 64 * 1024 * 1024
const mostShown = 20

/** What is said of a file that is not what it should be: every place that is wrong, up to a bound. */
export function wrongFile(file: string, lines: readonly string[]): UsageError {
  const shown = lines.slice(0, mostShown).map((line) => `\n  ${line}`)
  const more = lines.length - shown.length
  const rest = more > 0 ? `\n  and ${more} more` : ''
  return new UsageError(`${file} is not what an import reads:${shown.join('')}${rest}`)
}

/** The text of a file of bounded size, or of standard input for `-`. */
export function boundedText(command: Command, file: string): string {
  const tooLarge = new UsageError(`${file} is larger than 64 MiB; split it by companies`)
  const size = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size
  if ((size ?? 0) > mostBytes) throw tooLarge
  const text = readInput(command, file, file)
  if (Buffer.byteLength(text) > mostBytes) throw tooLarge
  return text.replace(/^\uFEFF/, '')
}

/** What a text of JSON says; `place` names it where it says nothing. */
export function jsonOf(file: string, text: string, place = 'it'): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonRefused) throw wrongFile(file, [`${place} ${error.why}`])
    // What the engine says quotes the file, which may hold digests: where it is has to do.
    const from = /position \d+/.exec(textOfError(error))?.[0]
    throw wrongFile(file, [`${place} is no JSON${from === undefined ? '' : `, from ${from} on`}`])
  }
}

/** What a file holds: a list, or a document in each line, the two forms in which collections are exported. */
export function documentsIn(command: Command, file: string): unknown {
  const content = boundedText(command, file)
  if (!content.trimStart().startsWith('{')) return jsonOf(file, content)
  const lines = content.split('\n')
  return lines.flatMap((line, place) =>
    line.trim() === '' ? [] : [jsonOf(file, line, `line ${place + 1}`)],
  )
}

function memberOf(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null ? Reflect.get(schema, name) : undefined
}

function shown({ keyword, instancePath, params, message, parentSchema }: ErrorObject): string {
  const at = instancePath.slice(1).replaceAll('/', '.')
  const member = params['missingProperty'] ?? params['additionalProperty']
  const place = [at, ...(member === undefined ? [] : [String(member)])].filter(Boolean).join('.')
  if (keyword === 'required') return `${place}: is missing`
  if (keyword === 'additionalProperties') return `${place.slice(0, 200)}: is not known here`
  const expected = memberOf(parentSchema, 'expected')
  return `${place || 'the file'}: expected ${expected ?? message}`
}

const options = {
  allErrors: true,
  verbose: true,
  strict: false,
  meta: false,
  validateSchema: false,
} as const

/** Reads a value by a schema. Fails naming every place that is wrong. */
export function checkedBy<T>(schema: object, file: string, value: unknown): T {
  const validate = new Ajv(options).compile<T>(schema)
  if (validate(value)) return value
  const errors = (validate.errors ?? []).filter(({ schemaPath }) => !/\/anyOf\/\d/.test(schemaPath))
  throw wrongFile(file, [...new Set(errors.map(shown))])
}
