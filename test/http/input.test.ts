import { describe, expect, test } from '@jest/globals'
import { AddCredential, CreateAccount, PatchAccount } from '../../src/api/mia/schemas.ts'
import { isProblem } from '../../src/domain/problem.ts'
import { reader } from '../../src/http/input.ts'
import { Type } from '../../src/schema/type.ts'

function faultOf(schema: object, value: unknown): unknown {
  try {
    return reader(schema)(value)
  } catch (error) {
    return isProblem(error, 'request.invalid') ? error.details : error
  }
}

const valid = {
  name: 'orders',
  permissions: ['console.root.view'],
  tokenEndpointAuthMethod: 'client_secret_basic',
}
const created = (more: object) => faultOf(CreateAccount, { ...valid, ...more })

describe('a value that fits no branch of a choice', () => {
  test.each([
    [{ permissions: 5 }, 'permissions', 'an array of permissions, or one text with commas'],
    [{ permissions: [1, null] }, 'permissions', 'an array of permissions, or one text with commas'],
    [{ permissions: null }, 'permissions', 'an array of permissions, or one text with commas'],
    [{ publicKey: 7 }, 'publicKey', 'a JWK or a PEM public key'],
    [{ publicKey: ['x'] }, 'publicKey', 'a JWK or a PEM public key'],
  ])('%j has one fault, with one expectation', (more, field, expected) => {
    const said = created(more)
    expect(said).toEqual({
      field,
      said: expect.stringMatching(new RegExp(`^${field}: expected ${expected}[^;]*$`)),
    })
  })

  test('leaves the other faults as they are', () => {
    const fault = created({ permissions: 5, color: 'red', name: '' })
    expect(Reflect.get(Object(fault), 'said').split('; ').sort()).toEqual([
      'color: is not known here',
      expect.stringMatching(/^name: expected a text of 1 to 128/),
      expect.stringMatching(/^permissions: expected an array/),
    ])
  })

  test('says what the library says where the schema has no words', () => {
    const schema = Type.Object({ a: Type.Union([Type.String(), Type.Integer()]) })
    expect(faultOf(schema, { a: null })).toEqual({
      field: 'a',
      said: 'a: must match a schema in anyOf',
    })
  })
})

describe('a member that is null', () => {
  test('need not be there, and the answer says so', () => {
    const said = 'is null; leave it out, or: expected'
    for (const name of ['description', 'audiences', 'expiresAt', 'jwksUri']) {
      expect(created({ [name]: null })).toMatchObject({
        field: name,
        said: expect.stringContaining(`${name}: ${said}`),
      })
    }
    expect(faultOf(AddCredential, { name: null })).toMatchObject({
      said: expect.stringContaining(said),
    })
    expect(faultOf(PatchAccount, { permissions: null })).toMatchObject({
      said: expect.stringContaining(said),
    })
  })

  test('is a fault like another where it is needed', () => {
    expect(created({ name: null })).toMatchObject({
      said: expect.stringMatching(/^name: expected a text/),
    })
  })
})

test('a member that is not known is told with the known one that it is near to', () => {
  expect(created({ permisions: [] })).toMatchObject({
    field: 'permisions',
    said: 'permisions: is not known here (did you mean permissions?)',
  })
})

describe('a value that is large', () => {
  const Lists = Type.Object(
    {
      questions: Type.Optional(
        Type.Array(Type.Object({ permission: Type.String() }), { maxItems: 1000, expected: 'few' }),
      ),
    },
    { additionalProperties: false },
  )

  test('has its first fault told, and no other is looked for', () => {
    const questions = Array.from({ length: 2000 }, () => 1)
    expect(faultOf(Lists, { questions })).toEqual({
      field: 'questions',
      said: 'questions: expected few',
    })
    const strange = Object.fromEntries(questions.map((_, n) => [`member${n}`, 1]))
    expect(faultOf(Lists, strange)).toEqual({
      field: 'member0',
      said: 'member0: is not known here',
    })
  })

  test('has all of them told where it has a thousand values at most', () => {
    const fault = faultOf(Lists, { questions: [1, 2], color: 'red' })
    expect(Reflect.get(Object(fault), 'said').split('; ')).toHaveLength(3)
  })
})
