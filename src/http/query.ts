import type { TObject, TSchema } from 'typebox'
import { Problem } from '../domain/problem.ts'
import { meant } from '../words/nearest.ts'
import { reader } from './input.ts'

/** A query string after it was parsed: a parameter that is there twice is an array. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** A parameter that is not as it must be, in words that hold in every dialect. */
export function invalidParameter(field: string, said: string): Problem {
  return new Problem('request.invalid', { field, said: `${field}: ${said}` })
}

function single(query: Query, name: string): string | undefined {
  const value = query[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalidParameter(name, 'must be given once')
}

/** Given several times, or with commas between them, or both. */
function several(query: Query, name: string): readonly string[] | undefined {
  const value = query[name]
  if (value === undefined) return undefined
  const texts = typeof value === 'string' ? [value] : value
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '')
}

/** Text that is no whole number stays text, for the schema to refuse. */
function wanted(query: Query, name: string, schema: TSchema): unknown {
  const type = Reflect.get(schema, 'type')
  if (type === 'array') return several(query, name)
  const text = single(query, name)
  if (text === undefined) return Reflect.get(schema, 'default')
  return type === 'integer' && /^\d{1,9}$/.test(text) ? Number(text) : text
}

function assertKnown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const some = known.length === 0 ? 'none' : known.join(', ')
    const said = `is no parameter here; expected ${some}${meant(unknown, known)}`
    throw invalidParameter(unknown.slice(0, 64), said)
  }
}

/**
 * Reads queries by a schema: each parameter once but for those of arrays, none that is not in it, and its `default` for one
 * that is absent. Without a schema it reads nothing. Fails with `request.invalid`.
 */
export function queryReader<T>(schema: TObject | undefined): (query: Query) => T {
  const read = reader<T>(schema ?? {})
  const parameters = Object.entries(schema?.properties ?? {})
  return (query) => {
    if (!schema) return read(undefined)
    assertKnown(
      query,
      parameters.map(([name]) => name),
    )
    const values = parameters
      .map(([name, parameter]) => [name, wanted(query, name, parameter)] as const)
      .filter(([, value]) => value !== undefined)
    return read(Object.fromEntries(values))
  }
}
