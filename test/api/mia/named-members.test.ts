import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { bodyOf, memberCaller, newTree, type Tree, uniqueWord } from './companies.ts'

let server: TestServer
let tree: Tree
beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
})
afterAll(() => server.close())

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const set = { keys: [publicKey.export({ format: 'jwk' })] }
const method = 'private_key_jwt'
const advice = 'jwksUri'

const post = (path: string, body: object) => server.manage('POST', path, body)

describe('an error speaks of members that its route takes', () => {
  test('a set of keys may be named by its URL where an account is made', async () => {
    const given = { name: uniqueWord('x'), tokenEndpointAuthMethod: method, publicKey: set }
    const root = await post(accountsPath, { ...given, permissions: [] })
    const own = await post(`${tree.path}/service-accounts`, given)
    for (const { body } of [root, own]) {
      expect(body).toMatchObject({ field: 'publicKey', message: expect.stringContaining(advice) })
    }
  })

  test('a set of keys has no URL where a key is added, or a client made', async () => {
    const publicKey = set.keys[0]
    const given = { name: uniqueWord('x'), tokenEndpointAuthMethod: method, publicKey }
    const { clientId } = bodyOf(await post(accountsPath, { ...given, permissions: [] }), 201)
    const added = await post(`${accountsPath}/${clientId}/credentials`, { publicKey: set })
    const client = { client_name: 'x', token_endpoint_auth_method: method, public_key: set }
    const made = await post('/clients', client)
    expect([added.body.field, made.body.field]).toEqual(['publicKey', 'public_key'])
    for (const { body } of [added, made]) {
      expect(body.message).toContain('send one of its keys')
      expect(body.message).not.toContain(advice)
    }
  })

  test('those who shall be in a new group are its members', async () => {
    const { status, body } = await post(`${tree.path}/groups`, { name: 'x', members: ['nobody'] })
    expect([status, body.field]).toEqual([400, 'members'])
    expect(body.message).toMatch(/^members: /)
  })

  test('a default audience that would be left over is one of audience to a client', async () => {
    const audiences = ['a', 'b']
    const given = { name: uniqueWord('x'), tokenEndpointAuthMethod: 'client_secret_basic' }
    const account = { ...given, permissions: [], audiences, defaultAudience: 'a' }
    const { clientId } = bodyOf(await post(accountsPath, account), 201)
    const { body } = await server.manage('PATCH', `/clients/${clientId}`, { audience: ['b'] })
    expect(body).toMatchObject({
      field: 'audience',
      message: 'audience: the default audience is to be one of the audiences of the account',
    })
  })

  test('who gives a role that goes beyond their own has given no permissions', async () => {
    const admin = await memberCaller(server, tree, { role: 'project-admin' })
    const path = `${tree.path}/service-accounts`
    const owner = { name: 'x', tokenEndpointAuthMethod: 'client_secret_basic' }
    const { status, body } = await admin('POST', path, { ...owner, role: 'company-owner' })
    expect([status, body.field]).toEqual([403, undefined])
  })

  test('a cursor of another list is one of a query, not of an order that no log has', async () => {
    const cursor = `${'a'.repeat(8)}.${'b'.repeat(43)}`
    const { body } = await server.manage('GET', `${tree.path}/audit-logs?cursor=${cursor}`)
    expect(body.field).toBe('cursor')
    expect(body.message).not.toContain('sort')
  })
})
