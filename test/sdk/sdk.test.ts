import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  adminClient,
  clientSecretBasic,
  type OstiaryError,
  tokenSource,
  verifier,
} from '../../src/sdk/index.ts'
import { newTree } from '../api/mia/companies.ts'
import { secretClient } from '../e2e/support/accounts.ts'
import { decoded } from '../e2e/support/expectations.ts'
import { uniqueName } from '../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const sourceOf = ({ clientId, clientSecret }: Credentials, more = {}) =>
  tokenSource({
    issuer: server.url,
    authentication: clientSecretBasic(clientId, clientSecret),
    ...more,
  })

async function codeOf(work: Promise<unknown>): Promise<OstiaryError['code']> {
  const error = await work.then(
    () => undefined,
    (failure) => failure,
  )
  return error?.code
}

const accepted = () => server.logged.filter((line) => line.includes('login accepted')).length

describe('a token source', () => {
  test('fetches one token for all who ask at once, and keeps it while it is fresh', async () => {
    const token = sourceOf(await secretClient(server))
    const before = accepted()
    const tokens = await Promise.all([token(), token(), token()])
    expect(new Set([...tokens, await token()].map(({ value }) => value)).size).toBe(1)
    expect(accepted() - before).toBe(1)
  })

  test('renews a token when a fifth of its life is left', async () => {
    let now = Date.now()
    const token = sourceOf(await secretClient(server), { now: () => now })
    const first = await token()
    now += 0.79 * 3600_000
    expect((await token()).value).toBe(first.value)
    now += 0.02 * 3600_000
    expect((await token()).value).not.toBe(first.value)
  })

  test('does not keep a refusal, and tells its code', async () => {
    const client = await secretClient(server)
    const token = sourceOf({ ...client, clientSecret: 'wrong' })
    expect(await codeOf(token())).toBe('invalid_client')
    expect(await codeOf(token())).toBe('invalid_client')
  })

  test('asks for the scope and audience that it was made for', async () => {
    const scope = ['console.root.view']
    const audiences = ['https://orders.example']
    const client = await secretClient(server, { permissions: scope, audiences })
    const { value } = await sourceOf(client, { scope, audience: audiences[0] })()
    expect(decoded(value)).toMatchObject({ scope: scope[0], aud: audiences[0] })
  })

  test('asks for the place that it was made for, beside an audience', async () => {
    const { projectId, envId } = await newTree(server)
    const audiences = ['https://ledger.example']
    const client = await secretClient(server, { permissions: ['console.root.view'], audiences })
    const resource = `urn:ostiary:environment:${projectId}:${envId}`
    const { value } = await sourceOf(client, { audience: audiences[0], resource })()
    expect(decoded(value)).toMatchObject({ aud: audiences[0], scope_resource: resource })
  })

  test('says where nobody answered', async () => {
    const authentication = clientSecretBasic('a', 'b')
    const token = tokenSource({ issuer: 'http://127.0.0.1:9', authentication })
    await expect(token()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:9'),
    })
  })
})

describe('a verifier', () => {
  const check = () => verifier({ issuer: server.url, audience: server.url })

  test('answers the claims of a good token', async () => {
    const client = await secretClient(server, { permissions: ['console.root.view'] })
    expect(await check()((await sourceOf(client)()).value)).toMatchObject({
      client_id: client.clientId,
      permissions: ['console.root.view'],
    })
  })

  test('refuses a token for another audience, an altered one, and nonsense', async () => {
    const { value } = await sourceOf(await secretClient(server))()
    const other = verifier({ issuer: server.url, audience: 'https://other.example' })
    const [header = '', payload = '', signature = ''] = value.split('.')
    const altered = `${header}.${payload.slice(0, -2)}.${signature}`
    const codes = [other(value), check()(altered), check()('a.b.c')].map(codeOf)
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['invalid_token']))
  })

  test('tells keys that cannot be fetched from a token that is bad', async () => {
    const { value } = await sourceOf(await secretClient(server))()
    const nowhere = 'http://127.0.0.1:9'
    const away = verifier({ issuer: nowhere, audience: nowhere })
    expect(await codeOf(away(value))).toBe('unreachable')
  })
})

describe('an admin client', () => {
  const admin = () =>
    adminClient({
      url: server.url,
      token: sourceOf(server.admin),
      clientKey: server.admin.clientKey,
    })

  test('manages an account from its creation to its deletion', async () => {
    const client = admin()
    const name = uniqueName()
    const { clientId } = await client.createAccount({
      name,
      permissions: [],
      tokenEndpointAuthMethod: 'client_secret_basic',
    })
    expect((await client.account(clientId)).name).toBe(name)
    const patch = { description: 'changed' }
    expect((await client.updateAccount(clientId, patch)).description).toBe('changed')
    const added = await client.addCredential(clientId, { name: 'second' })
    expect(added.clientSecret).toMatch(/^ost_sk_/)
    expect((await client.credentials(clientId)).map(({ id }) => id)).toContain(added.id)
    const rotated = await client.rotate(clientId, { overlapSeconds: 0 })
    const [left, ...more] = await client.credentials(clientId)
    expect([left?.id, more]).toEqual([rotated.id, []])
    await client.revokeTokens(clientId)
    await client.deleteCredential(clientId, rotated.id)
    await client.deleteAccount(clientId)
    expect(await codeOf(client.account(clientId))).toBe('account.not_found')
    const { items, total } = await client.audit({ target: clientId, perPage: 3 })
    expect([items.length, total]).toEqual([3, 7])
  })

  test('pages through accounts', async () => {
    await secretClient(server)
    const { items, total } = await admin().accounts({ page: 1, perPage: 1 })
    expect([items.length, total]).toEqual([1, expect.any(Number)])
  })

  test('goes through sorted and searched accounts by cursor', async () => {
    const search = uniqueName()
    for (const letter of ['b', 'c', 'a'])
      await secretClient(server, { name: `${search} ${letter}` })
    const asked = { sort: '-name', search, perPage: 2 } as const
    const first = await admin().accounts(asked)
    const rest = await admin().accounts({ ...asked, cursor: first.next })
    const letters = [...first.items, ...rest.items].map(({ name }) => name.at(-1))
    expect([letters.join(''), first.total, rest.next]).toEqual(['cba', 3, undefined])
  })

  test('goes on in the audit log from where a page ended, whatever was written meanwhile', async () => {
    const { clientId: target } = await secretClient(server)
    const client = admin()
    for (const state of ['disabled', 'enabled'] as const)
      await client.updateAccount(target, { state })
    const first = await client.audit({ target, perPage: 2 })
    await client.updateAccount(target, { description: 'meanwhile' })
    const rest = await client.audit({ target, perPage: 2, cursor: first.next })
    const actions = [...first.items, ...rest.items].map(({ action }) => action)
    expect(actions).toEqual(['account.update', 'account.update', 'account.create'])
    expect(rest.next).toBeUndefined()
  })

  test('tells no total where the server has counted none', async () => {
    const bare = createServer((_request, response) => {
      response.setHeader('Link', '</api/audit?cursor=17>; rel="next"').end('[]')
    }).listen(0, '127.0.0.1')
    await once(bare, 'listening')
    const { port } = Object(bare.address())
    const url = `http://127.0.0.1:${port}`
    const token = async () => ({ value: 'any', expiresAt: 0 })
    expect(await adminClient({ url, token }).audit()).toEqual({
      items: [],
      total: undefined,
      next: '17',
    })
    bare.close()
  })
})
