import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type Answer,
  basic,
  type Credentials,
  startTestServer,
  type TestServer,
  tokenPath,
} from '../../support/server.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { assertionForm, assertionOf, type KeyClient } from '../support/assertions.ts'
import {
  decoded,
  expectNothingIssued,
  expectRefusal,
  expectToken,
  grant,
  introspectPath,
  post,
  revokePath,
} from '../support/expectations.ts'
import { bytesOf, formType, sendRaw } from '../support/wire.ts'

const wrong = 'x'.repeat(43)

let server: TestServer
let client: Credentials
let signer: KeyClient
let login: { authorization: string }

beforeAll(async () => {
  server = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
  client = await secretClient(server)
  signer = await keyClient(server)
  login = { authorization: basic(client) }
})
afterAll(async () => await server.close())

describe('a granted request', () => {
  test('is answered with a Bearer token as JSON, and with nothing that renews it (A01)', async () => {
    const answer = await post(server, grant(), { headers: login })
    expectToken(answer)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'token_type'])
    expect(answer.body.expires_in).toBeGreaterThan(0)
  })

  test.each([
    ['by secret', () => post(server, grant(), { headers: login })],
    ['by assertion', () => post(server, assertionForm(assertionOf(signer, server)))],
    ['by secret through the core', () => post(server, grant({ x: '1' }), { headers: login })],
  ])('is kept by no cache %s (A02)', async (_, ask) => {
    const answer = await ask()
    expectToken(answer)
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(answer.headers.get('pragma')).toBe('no-cache')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['by secret', () => login, () => grant()],
    ['through the core', () => login, () => grant({ x: '1' })],
    ['by assertion', () => ({}), () => assertionForm(assertionOf(signer, server))],
  ])('names no origin that may read it %s (P10)', async (_, headers, form) => {
    const origin = { origin: 'https://evil.example' }
    const answer = await post(server, form(), { headers: { ...headers(), ...origin } })
    expectToken(answer)
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    )
  })
})

describe('a refused request', () => {
  const refusals: readonly (readonly [string, number, string, () => Promise<Answer>])[] = [
    ['an unknown grant', 400, 'unsupported_grant_type', () => asked({ grant_type: 'password' })],
    ['an unknown scope', 400, 'invalid_scope', () => asked({ scope: 'nothing' })],
    ['an unknown audience', 400, 'invalid_target', () => asked({ audience: 'nobody' })],
    ['no grant', 400, 'invalid_request', () => asked({ grant_type: '' })],
    ['a wrong secret', 401, 'invalid_client', () => asked({}, { ...client, clientSecret: wrong })],
    ['a bad assertion', 401, 'invalid_client', () => post(server, assertionForm('a.b.c'))],
    ['no credentials', 401, 'invalid_client', () => post(server, grant())],
  ]

  const asked = (form: Record<string, string>, who = client, headers = {}) =>
    post(server, grant(form), { headers: { authorization: basic(who), ...headers } })

  test.each(refusals)('for %s is kept by no cache and sniffed by no browser', async (...row) => {
    const [, status, error, ask] = row
    const answer = await ask()
    expectRefusal(answer, status, error)
    expect(answer.headers.get('pragma')).toBe('no-cache')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([['text/html'], ['text/plain'], ['application/xml'], ['*/*'], ['garbage']])(
    'is JSON to a caller that accepts %s (A04)',
    async (accept) => {
      const headers = { accept, ...login }
      const answer = await post(server, grant({ grant_type: 'password' }), { headers })
      expectRefusal(answer, 400, 'unsupported_grant_type')
      expectRefusal(await post(server, grant(), { headers: { accept } }), 401, 'invalid_client')
    },
  )

  test.each([
    ['the token endpoint', tokenPath],
    ['introspection', introspectPath],
    ['revocation', revokePath],
  ])('by %s challenges whoever is not logged in (A08)', async (_, path) => {
    const refused = [
      await post(server, grant({ token: 'x' }), { path }),
      await post(server, assertionForm('a.b.c', { token: 'x' }), { path }),
      await post(server, grant({ token: 'x' }), {
        path,
        headers: { authorization: basic({ ...client, clientSecret: wrong }) },
      }),
    ]
    for (const answer of refused) {
      expectRefusal(answer, 401, 'invalid_client')
      expect(answer.headers.get('www-authenticate')).toBe(
        `Basic realm="${server.url}", charset="UTF-8"`,
      )
    }
  })
})

describe('the token endpoint', () => {
  test.each([['GET'], ['PUT'], ['PATCH'], ['DELETE'], ['OPTIONS']])(
    'allows nothing but POST: %s (A09)',
    async (method) => {
      for (const path of [tokenPath, `${tokenPath}?grant_type=client_credentials`]) {
        const answer = await server.call(path, { method, headers: login })
        expectRefusal(answer, 405, 'invalid_request')
        expect(answer.headers.get('allow')).toBe('POST')
      }
    },
  )

  test('allows nothing but POST: HEAD, and methods that nobody knows (A09)', async () => {
    const head = await server.call(tokenPath, { method: 'HEAD', headers: login })
    expect([head.status, head.headers.get('allow'), head.text]).toEqual([405, 'POST', ''])
    const odd = await sendRaw(server, bytesOf(server, { method: 'BREW', target: tokenPath }))
    expect(odd.status).toBeGreaterThanOrEqual(400)
    expect(odd.status).toBeLessThan(500)
  })

  const spellings = [
    tokenPath.toUpperCase(),
    tokenPath.replace('token', 'Token'),
    `${tokenPath}/`,
    `/${tokenPath}`,
    tokenPath.replace('/oauth/', '//oauth/'),
    tokenPath.replace('token', '%74oken'),
    tokenPath.replace('/oauth/', '/x/../oauth/'),
    tokenPath.replace('/oauth/', '/./oauth/'),
    `${tokenPath};x=1`,
    `${tokenPath}.json`,
    '/token',
    '/oauth/token/',
    '/OAUTH/token',
    '/oauth//token',
    '/oauth/%74oken',
    '/api/oauth/token',
    `/api/api${tokenPath}`,
  ]
  test.each(spellings)(
    'is served at its path and aliases only, not at %s (A12)',
    async (target) => {
      const body = String(grant())
      const headers = [formType, `Authorization: ${login.authorization}`]
      const answer = await sendRaw(server, bytesOf(server, { target, headers, body }))
      expect(answer.status).toBe(404)
      expectNothingIssued(answer)
    },
  )

  test('takes no parameter from the query string (A14)', async () => {
    const path = `${tokenPath}?grant_type=client_credentials`
    expectRefusal(await post(server, '', { path, headers: login }), 400, 'invalid_request')
    const scoped = await post(server, grant(), {
      path: `${tokenPath}?scope=console.root.view&audience=nobody&grant_type=password`,
      headers: login,
    })
    expect(decoded(expectToken(scoped))).not.toHaveProperty('scope')
  })

  test('takes no credentials from the query string, and logs none of them (A15)', async () => {
    const query = new URLSearchParams({
      client_id: client.clientId,
      client_secret: client.clientSecret,
    })
    for (const body of ['', String(grant())]) {
      const answer = await post(server, body, { path: `${tokenPath}?${query}` })
      expectRefusal(answer, 401, 'invalid_client')
    }
    const assertion = assertionOf(signer, server)
    const path = `${tokenPath}?${assertionForm(assertion)}`
    expectRefusal(await post(server, grant(), { path }), 401, 'invalid_client')
    const logged = server.logged.join('')
    expect(logged).not.toContain(client.clientSecret)
    expect(logged).not.toContain(assertion)
  })
})
