import { expect, test } from '@jest/globals'
import { kubermaticRoutes } from '../../../src/api/kubermatic/routes.ts'
import { routes } from './every-route.ts'

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null
const inside = (value: unknown): readonly (readonly [string, unknown])[] =>
  isSchema(value) ? Object.entries(value) : []

/** The parts of a schema that may be refused, and do not say what they expect. */
function silent(schema: unknown, at: string): readonly string[] {
  if (!isSchema(schema)) return []
  const { properties, items, additionalProperties, anyOf, enum: choices, type } = schema
  const mustSay = choices !== undefined || (type !== undefined && anyOf === undefined)
  const below = [
    ...inside(properties).flatMap(([name, one]) => silent(one, `${at}.${name}`)),
    ...silent(items, `${at}[]`),
    ...silent(additionalProperties, `${at}.*`),
  ]
  return mustSay && schema['expected'] === undefined ? [at, ...below] : below
}

test('every part of a body says what it must be, and every choice of a query which there are', () => {
  const all = [...routes, ...kubermaticRoutes].flatMap(({ method, path, ...facts }) => {
    const { body, query } = { body: undefined, query: undefined, ...facts }
    const choices = inside(isSchema(query) ? query['properties'] : undefined).filter(
      ([, one]) => isSchema(one) && one['enum'] !== undefined,
    )
    return [
      ...silent(body, `${method} ${path}: `),
      ...choices.flatMap(([name, one]) => silent(one, `${method} ${path}: ?${name}`)),
    ]
  })
  expect(all).toEqual([])
})
