import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { managementRoutes } from '../../../src/api/mia/routes.ts'
import { grantsOf } from '../../../src/domain/access/actions.ts'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { basic, startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { type Caller, callerWith, view } from './accounts.ts'
import { memberCaller, newTree, type Tree, withinTree } from './companies.ts'

const filled = (path: string) => withinTree(path, tree)
const routes = managementRoutes.map(({ method, path, action }) => [method, path, action] as const)
/** Those that ask each for itself what its caller may see or change are another matter. */
const asking = managementRoutes
  .filter(({ leave }) => leave === undefined)
  .map(({ method, path, action }) => [method, path, action] as const)

let server: TestServer
let nobody: Caller
let tree: Tree

beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
  nobody = await memberCaller(server, tree)
})
afterAll(async () => await server.close())

describe('who calls is asked before what is called for', () => {
  const bad = { 'content-type': 'text/plain', 'if-match': 'x', 'client-key': 'unknown-key' }

  test.each(routes)(
    'a caller without a token learns nothing of key, query or body: %s %s',
    async (method, path) => {
      const body = method === 'GET' ? undefined : '{'
      const init = { method, headers: bad, ...(body !== undefined && { body }) }
      const answer = await server.call(`${filled(path)}?unknown=1`, init)
      expect([answer.status, answer.body.code]).toEqual([401, 'actor.unauthenticated'])
    },
  )

  test.each(asking)(
    'a caller without the right learns nothing of key, query or body: %s %s',
    async (method, path, action) => {
      const body = method === 'GET' ? undefined : { x: 'a'.repeat(70_000) }
      const answer = await nobody(method, `${filled(path)}?unknown=1`, body, bad)
      expect([answer.status, answer.body.code]).toEqual([403, 'actor.forbidden'])
      // RFC 6750 §3.1: what a token would need is said in the challenge.
      const [scope] = action === 'none' ? [] : (grantsOf(action).root ?? [])
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="${server.url}", error="insufficient_scope", scope="${scope}"`,
      )
    },
  )

  test('whoever would grant more than they hold is told which scope is lacking', async () => {
    const manage = 'console.root.serviceaccount.manage'
    const manager = await callerWith(server, [manage])
    const answer = await manager('POST', accountsPath, wanted({ permissions: [view] }))
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
    expect(answer.headers.get('www-authenticate')).toContain(
      `error="insufficient_scope", scope="${view}"`,
    )
    const audience = await manager('POST', accountsPath, wanted({ audiences: ['urn:x'] }))
    expect(audience.headers.get('www-authenticate')).toMatch(/error="insufficient_scope"$/)
  })

  test('a caller whose token ends while the body arrives changes nothing', async () => {
    const { body: who } = await server.manage(
      'POST',
      accountsPath,
      wanted({ permissions: ['console.root.serviceaccount.manage'] }),
    )
    const token: string = (await server.token(who)).body.access_token
    const name = 'made too late'
    const text = JSON.stringify(wanted({ name, permissions: [] }))
    const revoke = async () =>
      await server.manage('POST', `${accountsPath}/${who.clientId}/revoke-tokens`)
    let isRevoked = false
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (isRevoked) {
          controller.enqueue(new TextEncoder().encode(text.slice(1)))
          return controller.close()
        }
        controller.enqueue(new TextEncoder().encode(text.slice(0, 1)))
        expect((await revoke()).status).toBe(204)
        isRevoked = true
      },
    })
    const answer = await fetch(`${server.url}${accountsPath}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'client-key': server.admin.clientKey,
        'content-type': 'application/json',
      },
      body,
      duplex: 'half',
    })
    expect(answer.status).toBe(401)
    const { text: accounts } = await server.manage('GET', `${accountsPath}?per_page=200`)
    expect(accounts).not.toContain(name)
  })
})

describe('the key of the calling application', () => {
  const carriers: readonly (readonly [string, (key: string) => Record<string, string>])[] = [
    ['the header Client-key', (key) => ({ 'client-key': key })],
    ['the header secret', (key) => ({ secret: key })],
    ['the cookie mia_client_key', (key) => ({ cookie: `a=b; mia_client_key=${key}; c=d` })],
  ]

  test.each(carriers)('may come in %s', async (_, carry) => {
    const authorization = `Bearer ${await server.adminToken()}`
    const ask = async (key: string) => {
      const headers = { authorization, ...carry(key) }
      return (await server.call(accountsPath, { headers })).status
    }
    expect(await ask(server.admin.clientKey)).toBe(200)
    expect(await ask('unknown-key')).toBe(401)
    expect(await ask('miactl')).toBe(401)
  })

  const openPaths = [
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/jwks.json',
    '/openid/v1/jwks',
    '/api/openapi.json',
  ]
  test.each(openPaths)(
    'is refused at %s when it is unknown, and need not be there',
    async (path) => {
      for (const [, carry] of carriers) {
        const answer = await server.call(path, { headers: carry('unknown-key') })
        expect([answer.status, answer.body.code]).toEqual([401, 'client_key.refused'])
        expect((await server.call(path, { headers: carry(server.admin.clientKey) })).status).toBe(
          200,
        )
        expect((await server.call(path, { headers: carry('miactl') })).status).toBe(200)
      }
      expect((await server.call(path)).status).toBe(200)
    },
  )

  test('is refused at the token endpoint when it is unknown, before the login', async () => {
    for (const [, carry] of carriers) {
      const ask = async (key: string) =>
        await server.call(tokenPath, {
          method: 'POST',
          headers: { authorization: basic(server.admin), ...carry(key) },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      const answer = await ask('unknown-key')
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
      expect(answer.body.message).toContain('Client-key')
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
      expect((await ask(server.admin.clientKey)).status).toBe(200)
      expect((await ask('miactl')).status).toBe(200)
    }
  })

  test('is refused at /tokeninfo when it is unknown', async () => {
    const authorization = `Bearer ${await server.adminToken()}`
    const answer = await server.call('/tokeninfo', {
      headers: { authorization, secret: 'unknown-key' },
    })
    expect([answer.status, answer.body.code]).toEqual([401, 'client_key.refused'])
    expect((await server.call('/tokeninfo', { headers: { authorization } })).status).toBe(200)
  })

  test('is not looked at while its address waits after a hundred guesses', async () => {
    const guessed = await startTestServer()
    const [path = ''] = openPaths
    const guess = async (key: string) =>
      (await guessed.call(path, { headers: { 'client-key': key } })).status
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => guess(`guess-${n}-x`)))
    expect(new Set(statuses)).toEqual(new Set([401]))
    // No guess tells anything any more, and nobody of this address is locked out.
    expect(await guess('guess-101-x')).toBe(200)
    expect(await guess(guessed.admin.clientKey)).toBe(200)
    expect((await guessed.manage('GET', accountsPath)).status).toBe(200)
    guessed.clock.offset += 61_000
    expect(await guess('guess-102-x')).toBe(401)
    await guessed.close()
  })
})
