import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { create } from './accounts.ts'

let server: TestServer
let path: string

beforeAll(async () => {
  server = await startTestServer()
  path = `${accountsPath}/${(await create(server, { name: 'target' })).clientId}`
})
afterAll(async () => await server.close())

const total = async () => (await server.manage('GET', accountsPath)).headers.get('x-total-count')

/** Each row: what is wrong, the member, the field that the answer names. */
const wrongAccounts: readonly (readonly [string, object, string])[] = [
  ['a number for a name', { name: 5 }, 'name'],
  ['an operator for a name', { name: { $gt: '' } }, 'name'],
  ['no name', { name: undefined }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a name of spaces', { name: '   ' }, 'name'],
  ['a name of 129 characters', { name: 'a'.repeat(129) }, 'name'],
  ['a name with a line break', { name: 'a\nb' }, 'name'],
  ['a name with a NUL', { name: 'a\u0000b' }, 'name'],
  ['half a surrogate pair in a name', { name: 'a\ud800b' }, 'name'],
  ['null for a name', { name: null }, 'name'],
  ['a description of 1,025 characters', { description: 'a'.repeat(1025) }, 'description'],
  ['an array for a description', { description: ['a'] }, 'description'],
  ['no permissions', { permissions: undefined }, 'permissions'],
  ['null permissions', { permissions: null }, 'permissions'],
  ['a number among permissions', { permissions: [1] }, 'permissions'],
  ['an operator for permissions', { permissions: { $in: [] } }, 'permissions'],
  ['101 permissions', { permissions: Array.from({ length: 101 }, () => 'a') }, 'permissions'],
  ['an unknown permission', { permissions: ['console.root.everything'] }, 'permissions'],
  ['a permission of the prototype', { permissions: 'constructor' }, 'permissions'],
  ['an unknown method', { tokenEndpointAuthMethod: 'none' }, 'tokenEndpointAuthMethod'],
  ['no method', { tokenEndpointAuthMethod: undefined }, 'tokenEndpointAuthMethod'],
  ['a text for audiences', { audiences: 'a' }, 'audiences'],
  ['the audience *', { audiences: ['*'] }, 'audiences.0'],
  ['an audience with a space', { audiences: ['a', 'b c'] }, 'audiences.1'],
  ['the same audience twice', { audiences: ['a', 'a'] }, 'audiences'],
  ['51 audiences', { audiences: Array.from({ length: 51 }, (_, n) => `a${n}`) }, 'audiences'],
  ['a date without a time', { expiresAt: '2030-01-31' }, 'expiresAt'],
  ['a day that does not exist', { expiresAt: '2031-02-30T12:00:00Z' }, 'expiresAt'],
  ['a year over 9999', { expiresAt: '+010000-01-31T12:00:00Z' }, 'expiresAt'],
  ['a year over 9999 elsewhere', { expiresAt: '9999-12-31T23:59:59-01:00' }, 'expiresAt'],
  ['a time without a zone', { expiresAt: '2031-01-31T12:00:00' }, 'expiresAt'],
  ['an hour too many', { expiresAt: '2031-01-31T24:00:00Z' }, 'expiresAt'],
  ['a zone that does not exist', { expiresAt: '2031-01-31T12:00:00+99:00' }, 'expiresAt'],
  ['a number for a time', { expiresAt: 1_900_000_000 }, 'expiresAt'],
  ['a time that is past', { expiresAt: '2020-01-31T12:00:00Z' }, 'expiresAt'],
  ['a number for a key', { publicKey: 5 }, 'publicKey'],
  ['an array for a key', { publicKey: ['a'] }, 'publicKey'],
  ['an http jwksUri', { jwksUri: 'http://keys.example/jwks' }, 'jwksUri'],
  ['a jwksUri with a control character', { jwksUri: 'https://keys.example/\u0001' }, 'jwksUri'],
  ['a jwksUri that turns its end', { jwksUri: 'https://keys.example/\u202esj' }, 'jwksUri'],
  ['a jwksUri with a password', { jwksUri: 'https://a:b@keys.example/jwks' }, 'jwksUri'],
  ['a jwks_uri that is no text', { jwks_uri: {} }, 'jwks_uri'],
  ['an unknown member', { color: 'red' }, 'color'],
  ['an id', { id: 'acc_1' }, 'id'],
  ['a client id', { clientId: 'mine' }, 'clientId'],
  ['a state', { state: 'enabled' }, 'state'],
  ['an owner', { owner: 'root' }, 'owner'],
  ['credentials', { credentials: [] }, 'credentials'],
  ['a version', { version: 7 }, 'version'],
  ['a constructor', { constructor: { prototype: { polluted: true } } }, 'constructor'],
]

describe('the body that creates an account', () => {
  test.each(wrongAccounts)(
    'is refused with %s, and the field is named',
    async (_, given, field) => {
      const before = await total()
      const answer = await server.manage('POST', accountsPath, wanted(given))
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({ statusCode: 400, error: 'Bad Request', field })
      expect(answer.body.message).toContain(field)
      expect(await total()).toBe(before)
    },
  )

  test('is refused with every fault in one answer', async () => {
    const { body } = await server.manage('POST', accountsPath, {
      name: 5,
      audiences: 'a',
      color: 'red',
    })
    for (const part of ['name', 'audiences', 'color', 'permissions', 'tokenEndpointAuthMethod']) {
      expect(body.message).toContain(`${part}: `)
    }
  })

  test('is refused when there is none, with the names of what is missing', async () => {
    for (const headers of [{}, { 'content-type': 'application/json' }]) {
      const { status, body } = await server.manage('POST', accountsPath, undefined, headers)
      expect(status).toBe(400)
      expect(body.message).toBe(
        'name: is missing; permissions: is missing; tokenEndpointAuthMethod: is missing',
      )
    }
  })

  test('names every unknown permission', async () => {
    const { body } = await server.manage('POST', accountsPath, wanted({ permissions: 'one, two' }))
    expect(body).toMatchObject({ code: 'permission.unknown' })
    expect(body.message).toContain('"one", "two"')
  })
})

describe('the body that changes an account', () => {
  test.each([
    ['nothing', {}, undefined],
    ['a client id', { clientId: 'mine' }, 'clientId'],
    ['a method', { tokenEndpointAuthMethod: 'private_key_jwt' }, 'tokenEndpointAuthMethod'],
    ['credentials', { credentials: [] }, 'credentials'],
    ['a generation', { generation: 0 }, 'generation'],
    ['another state', { state: 'deleted' }, 'state'],
    ['null for a description', { description: null }, 'description'],
    ['an operator', { $set: { name: 'x' } }, '$set'],
    ['an operator for a name', { name: { $ne: null } }, 'name'],
    ['an unknown permission', { permissions: ['*'] }, 'permissions'],
  ])('is refused with %s', async (_, given, field) => {
    const { body: before, headers } = await server.manage('GET', path)
    const answer = await server.manage('PATCH', path, given)
    expect(answer.status).toBe(400)
    if (field) expect(answer.body).toMatchObject({ field, message: expect.stringContaining(field) })
    const after = await server.manage('GET', path)
    expect([after.body, after.headers.get('etag')]).toEqual([before, headers.get('etag')])
  })
})

describe('the body of a credential or a rotation', () => {
  test.each([
    ['credentials', { name: '' }, 'name'],
    ['credentials', { expiresAt: 'soon' }, 'expiresAt'],
    ['credentials', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['credentials', { clientSecret: 'of my own' }, 'clientSecret'],
    ['credentials', { id: 'cred_1' }, 'id'],
    ['rotate', {}, 'overlapSeconds'],
    ['rotate', { overlapSeconds: -1 }, 'overlapSeconds'],
    ['rotate', { overlapSeconds: '60' }, 'overlapSeconds'],
    ['rotate', { overlapSeconds: 1.5 }, 'overlapSeconds'],
    ['rotate', { overlapSeconds: 2_592_001 }, 'overlapSeconds'],
    ['rotate', { overlapSeconds: 0, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['rotate', { overlapSeconds: 0, keep: true }, 'keep'],
  ])('is refused: %s %j', async (route, given, field) => {
    const before = (await server.manage('GET', `${path}/credentials`)).text
    const answer = await server.manage('POST', `${path}/${route}`, given)
    expect([answer.status, answer.body.field]).toEqual([400, field])
    expect(answer.body.message).toContain(field)
    expect((await server.manage('GET', `${path}/credentials`)).text).toBe(before)
  })
})
