import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath, wanted } from '../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { keyClient, secretClient } from './support/accounts.ts'
import { assertionOf, login } from './support/assertions.ts'
import { decoded, expectRefusal, expectToken } from './support/expectations.ts'

const orders = 'https://orders.example'

let server: TestServer
let client: Credentials
beforeAll(async () => {
  server = await startTestServer()
  client = await secretClient(server, { audiences: [orders] })
})
afterAll(() => server.close())

test('a token is for all that resource and audience name', async () => {
  const answer = await server.token(client, { resource: server.url, audience: orders })
  expect(decoded(expectToken(answer))['aud']).toEqual([server.url, orders])
})

test('an audience that is not allowed fails the request, whatever the resource is', async () => {
  const form = { resource: server.url, audience: 'https://other.example' }
  expectRefusal(await server.token(client, form), 400, 'invalid_target')
})

test.each(['urn:ostiary:audience:zzz', 'urn:ostiary:audience:WyJhIl0'])(
  'a resource of our own making is nobody else’s to use: %s',
  async (resource) => {
    expectRefusal(await server.token(client, { resource }), 400, 'invalid_target')
  },
)

describe('the default audience of an account', () => {
  const own = { audiences: [orders, 'urn:ledger'], defaultAudience: orders }
  const audienceOf = async (who: Credentials, form: Record<string, string> = {}) =>
    decoded(expectToken(await server.token(who, form)))['aud']

  test('is what its tokens are for when none is asked for, by secret and by key', async () => {
    expect(await audienceOf(await secretClient(server, own))).toBe(orders)
    const signer = await keyClient(server, {}, own)
    const answer = await login(server, assertionOf(signer, server))
    expect(decoded(expectToken(answer))['aud']).toBe(orders)
    // A parameter that the quick way does not know leaves the request to the core.
    const byCore = await login(server, assertionOf(signer, server), { x: 'y' })
    expect(decoded(expectToken(byCore))['aud']).toBe(orders)
  })

  test('keeps whoever takes such a token from using it here', async () => {
    const permissions = ['console.root.serviceaccount.manage', 'console.root.view']
    const who = await secretClient(server, { ...own, permissions })
    const token = expectToken(await server.token(who))
    const authorization = `Bearer ${token}`
    expect((await server.manage('GET', accountsPath, undefined, { authorization })).status).toBe(
      401,
    )
    expect(await audienceOf(who, { audience: server.url })).toBe(server.url)
    expect(await audienceOf(who, { audience: 'urn:ledger' })).toBe('urn:ledger')
  })

  test('is shown, changed and taken away, with effect on the next token', async () => {
    const who = await secretClient(server, own)
    const path = `${accountsPath}/${who.clientId}`
    expect((await server.manage('GET', path)).body.defaultAudience).toBe(orders)
    const changed = await server.manage('PATCH', path, { defaultAudience: 'urn:ledger' })
    expect([changed.status, changed.body.defaultAudience]).toEqual([200, 'urn:ledger'])
    expect(await audienceOf(who)).toBe('urn:ledger')
    const taken = await server.manage('PATCH', path, { defaultAudience: null })
    expect([taken.status, taken.body.defaultAudience]).toEqual([200, undefined])
    expect(await audienceOf(who)).toBe(server.url)
  })

  test('is one of its audiences, when it is made and whenever one of both changes', async () => {
    const invalid = { code: 'request.invalid', field: 'defaultAudience' }
    const foreign = wanted({ audiences: [orders], defaultAudience: 'urn:ledger' })
    const made = await server.manage('POST', accountsPath, foreign)
    expect([made.status, made.body]).toMatchObject([400, invalid])
    const who = await secretClient(server, own)
    const path = `${accountsPath}/${who.clientId}`
    for (const patch of [
      { defaultAudience: 'urn:x' },
      { audiences: ['urn:ledger'] },
      { audiences: [] },
    ]) {
      const answer = await server.manage('PATCH', path, patch)
      expect([answer.status, answer.body]).toMatchObject([400, invalid])
    }
    const both = { audiences: ['urn:x'], defaultAudience: 'urn:x' }
    expect((await server.manage('PATCH', path, both)).status).toBe(200)
    expect(await audienceOf(who)).toBe('urn:x')
    for (const odd of ['', 1, ['urn:x'], '*']) {
      const answer = await server.manage('PATCH', path, { defaultAudience: odd })
      expect([answer.status, answer.body]).toMatchObject([400, invalid])
    }
  })

  test('does not stand in for one that must be named', async () => {
    const strict = await startTestServer({ env: { OSTIARY_OAUTH_REQUIRE_AUDIENCE: 'true' } })
    const { clientId, clientSecret } = strict.admin
    const bare = await strict.token({ clientId, clientSecret })
    expectRefusal(bare, 400, 'invalid_target')
    expect(bare.body.message).toContain('audience: is required')
    expectToken(await strict.token({ clientId, clientSecret }, { audience: strict.url }))
    await strict.close()
  })
})
