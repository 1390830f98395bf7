import { statSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'
import type { Command } from 'commander'
import type { Given } from '../../domain/import/given.ts'
import { givenTwice, type Part, partsOf } from '../../domain/import/parts.ts'
import { JsonTooDeep, mostLevels, parseJson } from '../../domain/json.ts'
import { textOf as textOfError } from '../../files/reason.ts'
import { UsageError } from '../failure.ts'
import { readInput } from '../world.ts'
import { Import } from './schema.ts'

const mostBytes = 64 * 1024 * 1024
const mostShown = 20

function faults(file: string, lines: readonly string[]): UsageError {
  const shown = lines.slice(0, mostShown).map((line) => `\n  ${line}`)
  const more = lines.length - shown.length
  const rest = more > 0 ? `\n  and ${more} more` : ''
  return new UsageError(`${file} is not what an import reads:${shown.join('')}${rest}`)
}

function textOf(command: Command, file: string): string {
  const tooLarge = new UsageError(`${file} is larger than 64 MiB; split it by companies`)
  const size = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size
  if ((size ?? 0) > mostBytes) throw tooLarge
  const text = readInput(command, file, file)
  if (Buffer.byteLength(text) > mostBytes) throw tooLarge
  return text.replace(/^\uFEFF/, '')
}

function parsed(file: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonTooDeep) throw faults(file, [`it has more than ${mostLevels} levels`])
    // What the engine says quotes the file, which may hold digests: where it is has to do.
    const place = /position \d+/.exec(textOfError(error))?.[0]
    throw faults(file, [`it is no JSON${place === undefined ? '' : `, from ${place} on`}`])
  }
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

function checked(file: string, value: unknown): Given {
  const validate = new Ajv({ allErrors: true, verbose: true, strict: false }).compile<Given>({
    ...Import,
  })
  if (validate(value)) return value
  const errors = (validate.errors ?? []).filter(({ schemaPath }) => !/\/anyOf\/\d/.test(schemaPath))
  throw faults(file, [...new Set(errors.map(shown))])
}

/** All that a file wants to be made. Fails naming every place that is wrong, up to a bound. */
export function readImport(command: Command, file: string): readonly Part[] {
  const parts = partsOf(checked(file, parsed(file, textOf(command, file))))
  const twice = givenTwice(parts).map(
    ({ id, first, again }) => `${again}: the id ${id} is that of ${first}; each may be given once`,
  )
  if (twice.length > 0) throw faults(file, twice)
  return parts
}
