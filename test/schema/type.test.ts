import { expect, test } from '@jest/globals'
import { Type as library } from 'typebox'
import { Type } from '../../src/schema/type.ts'

const about = { description: 'what it is' }
const built = (type: typeof Type) => ({
  text: type.String({ minLength: 1, ...about }),
  plain: type.String(),
  whole: type.Integer({ minimum: 0 }),
  flag: type.Boolean(about),
  nothing: type.Null(),
  one: type.Enum(['a', 'b'], about),
  fixed: type.Literal('Bearer'),
  number: type.Literal(5, about),
  list: type.Array(type.String(), { maxItems: 3 }),
  choice: type.Union([type.String(), type.Null()], about),
  other: type.Unsafe<string | null>({ type: ['string', 'null'] }),
  empty: type.Object({}),
  loose: type.Object({ a: type.Optional(type.String(about)) }, about),
  mixed: type.Object(
    { a: type.String(), b: type.Optional(type.Array(type.Integer())), c: type.Boolean() },
    { additionalProperties: false },
  ),
  nested: type.Optional(type.Object({ a: type.Optional(type.Object({ b: type.Null() })) })),
  again: type.Object({ a: { ...type.Optional(type.String()), ...about } }),
})

test.each(Object.keys(built(Type)))('a schema is built as TypeBox builds it: %s', (name) => {
  const texts = [Type, library].map((type) => JSON.stringify(Object(built(type))[name]))
  expect(texts[0]).toBe(texts[1])
})

test('a member that is optional is so where it is used, and required where the same schema is not', () => {
  const text = Type.String()
  expect(Type.Object({ a: Type.Optional(text), b: text })).toMatchObject({ required: ['b'] })
})
