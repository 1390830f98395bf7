import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { bytesOf, sendRaw } from '../support/wire.ts'

const discovery = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
const keySets = ['/.well-known/jwks.json', '/openid/v1/jwks']
const documents = [...discovery, ...keySets]
const issuer = 'https://login.example'

let server: TestServer
/** What a client of the configured issuer is told. */
const texts = new Map<string, string>()

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  sendRaw(
    server,
    bytesOf(server, {
      method,
      target: path,
      bare: true,
      headers: Object.entries({ Host: 'login.example', ...headers }).map((pair) => pair.join(': ')),
    }),
  )

beforeAll(async () => {
  server = await startTestServer({
    env: { OSTIARY_ISSUER: issuer, OSTIARY_HTTP_ALLOWED_HOSTS: 'inside.example:8080' },
  })
  for (const path of documents) texts.set(path, (await get(path)).text)
})
afterAll(async () => await server.close())

describe('the metadata', () => {
  test('names the configured issuer and its endpoints, and is the same at both its paths', async () => {
    const [one, other] = await Promise.all(discovery.map((path) => get(path)))
    expect([one?.status, other?.text]).toEqual([200, one?.text])
    expect(one?.headers.get('content-type')).toMatch(/^application\/json\b/)
    expect(one?.body.issuer).toBe(issuer)
    const urls = (one?.text ?? '').match(/"https?:[^"]+"/g) ?? []
    expect(urls.length).toBeGreaterThan(4)
    for (const url of urls) expect(new URL(JSON.parse(url)).origin).toBe(issuer)
  })

  test('names endpoints that answer, all of them', async () => {
    const { body } = await get('/.well-known/openid-configuration')
    const named = Object.entries(body).filter(([name]) => /_(endpoint|uri)$/.test(name))
    expect(named.map(([name]) => name).sort()).toEqual([
      'introspection_endpoint',
      'jwks_uri',
      'revocation_endpoint',
      'token_endpoint',
    ])
    for (const [name, url] of named) {
      const answer = await get(
        new URL(String(url)).pathname,
        {},
        name === 'jwks_uri' ? 'GET' : 'POST',
      )
      expect([name, answer.status]).toEqual([name, name === 'jwks_uri' ? 200 : 401])
    }
  })

  test('promises only what is served', async () => {
    const { body } = await get('/.well-known/oauth-authorization-server')
    expect(body).toMatchObject({
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
    })
    for (const values of Object.entries(body)) {
      if (/alg/.test(values[0])) expect(String(values[1])).not.toMatch(/none|HS\d/)
    }
  })
})

describe('the key set', () => {
  test('has public members only, and is the same at both its paths', async () => {
    const [one, other] = await Promise.all(keySets.map((path) => get(path)))
    expect([one?.status, other?.text]).toEqual([200, one?.text])
    expect(one?.headers.get('content-type')).toBe('application/jwk-set+json')
    expect(Object.keys(one?.body)).toEqual(['keys'])
    expect(one?.body.keys.length).toBeGreaterThan(0)
    for (const key of one?.body.keys ?? []) {
      const members = ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']
      expect(members).toEqual(expect.arrayContaining(Object.keys(key)))
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
    }
  })

  test.each(['RS256', 'EdDSA'])('has no private member of a key for %s', async (alg) => {
    const of = await startTestServer({ env: { OSTIARY_SIGNING_ALG: alg } })
    const { keys } = (await of.call('/.well-known/jwks.json')).body
    await of.close()
    const allowed = ['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x']
    expect(keys).toHaveLength(1)
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(keys[0])))
  })
})

describe.each(documents)('%s', (path) => {
  const same = () => ({ status: 200, text: texts.get(path) })

  test.each<Record<string, string>>([
    { 'X-Forwarded-Host': 'evil.example' },
    { 'X-Forwarded-Proto': 'javascript' },
    { 'X-Forwarded-Proto': 'http', 'X-Forwarded-Port': '81', 'X-Forwarded-For': '10.0.0.1' },
    { 'X-Forwarded-Prefix': '/evil', 'X-Original-URL': '/evil', 'X-Rewrite-URL': '/evil' },
    { Forwarded: 'host=evil.example;proto=javascript' },
    { 'X-Host': 'evil.example', 'X-Forwarded-Server': 'evil.example' },
    { Origin: 'https://evil.example', Referer: 'https://evil.example/' },
    { Host: 'inside.example:8080' },
    { Host: 'LOGIN.example:443' },
  ])('says the same under %j', async (headers) => {
    const { status, text, raw } = await get(path, headers)
    expect({ status, text }).toEqual(same())
    expect(raw).not.toContain('evil')
  })

  test.each([
    'evil.example',
    '',
    'a@b',
    'login.example@evil.example',
    'evil.example@login.example',
    'login.example:80',
    'login.example:443:443',
    'login.example.evil.example',
    'login.example.',
    'login.example evil.example',
    'login.example/evil',
    'login.example, evil.example',
    'login.example\t',
    '[::1',
    'xn--',
  ])('is never built from a Host such as %j', async (host) => {
    const answer = await get(path, { Host: host })
    // Space at the end of a value is no part of it (RFC 9110 §5.5).
    if (host.trim() === 'login.example') expect(answer.text).toBe(texts.get(path))
    else expect([400, 421]).toContain(answer.status)
    expect(answer.text).not.toMatch(/"https?:\/\/[^"]*evil/)
  })

  test('is the same for a target in absolute form of our own host (RFC 9112 §3.2.2)', async () => {
    expect((await get(`https://login.example${path}`)).text).toBe(texts.get(path))
  })

  test.each(['http://evil.example', 'https://login.example.', 'javascript://x', '//evil.example'])(
    'is never built from a target that begins with %s',
    async (start) => {
      const answer = await get(`${start}${path}`)
      expect([400, 404, 421]).toContain(answer.status)
      expect(answer.text).not.toContain(`"${start}/`)
    },
  )

  test('is sent again only when it has changed', async () => {
    const { headers } = await get(path)
    const etag = headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{20,}"$/)
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await get(path, { 'If-None-Match': known })
      expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', etag])
    }
    for (const stale of ['"x"', etag.slice(0, -2), etag.replaceAll('"', '')]) {
      expect((await get(path, { 'If-None-Match': stale })).status).toBe(200)
    }
  })

  test('answers HEAD as GET without the body, and no other method', async () => {
    const [full, head] = [await get(path), await get(path, {}, 'HEAD')]
    expect([head.status, head.text]).toEqual([200, ''])
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
      expect(head.headers.get(name)).toBe(full.headers.get(name))
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await get(path, {}, method)
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    }
  })
})

test.each([
  '/auth',
  '/auth/x',
  '/authorize',
  '/me',
  '/userinfo',
  '/reg',
  '/reg/x',
  '/session/end',
  '/session/end/confirm',
  '/request',
  '/par',
  '/device',
  '/device/auth',
  '/backchannel',
  '/backchannel/auth',
  '/challenge',
  '/interaction/x',
  '/jwks',
  '/jwks.json',
  '/token',
  '/token/introspection',
  '/token/revocation',
  '/.well-known/openid-configuration/',
  '/.well-known/webfinger',
  '/.well-known/oauth-protected-resource',
])('nothing is served at %s, where the core or others would have a route', async (path) => {
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    expect([method, (await get(path, {}, method)).status]).toEqual([method, 404])
  }
})
