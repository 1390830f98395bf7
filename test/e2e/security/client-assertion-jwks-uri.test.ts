import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { localCertificate } from '../../support/key-host.ts'
import { type Answer, startTestServer, type TestServer } from '../../support/server.ts'
import { createAccount } from '../support/accounts.ts'
import {
  assertionOf,
  type Changes,
  ec,
  forgedRs256,
  jwkOf,
  type KeyClient,
  login,
  rsa,
  signers,
} from '../support/assertions.ts'
import {
  causeOf,
  expectRefusal,
  expectRefusedLogin,
  expectToken,
  grant,
  post,
} from '../support/expectations.ts'

const key = { ...jwkOf(ec.publicKey), kid: 'key-1' }
const trusted = getCACertificates('default')

/** Those who wait for an answer that does not come. */
const held: ServerResponse[] = []

/** What a publisher answers, by path. */
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/keys': (response) => response.end(JSON.stringify({ keys: [key] })),
  '/moved': (response) => response.writeHead(302, { Location: '/keys?moved' }).end(),
  '/large': (response) => response.end(JSON.stringify({ keys: [key], x: 'x'.repeat(10_000_000) })),
  '/silent': () => undefined,
  '/held': (response) => held.push(response),
  '/endless': (response) => {
    const drip = setInterval(() => response.write(' '), 100)
    response.on('close', () => clearInterval(drip))
  },
  '/changing': (response) =>
    response.writeHead(shown.status).end(JSON.stringify({ keys: shown.keys })),
  '/switching': (response) =>
    response.socket?.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    ),
  '/packed': (response) =>
    response
      .writeHead(200, { 'Content-Encoding': 'gzip' })
      .end(gzipSync(JSON.stringify({ keys: [key] }))),
  '/many': (response) => response.end(JSON.stringify({ keys: Array(21).fill(key) })),
  '/marked': (response) => response.end(`\ufeff${JSON.stringify({ keys: [key] })}`),
  '/text': (response) => response.end('these are no keys'),
  '/half': (response) => response.end(JSON.stringify({ keys: [key] }).slice(0, -3)),
  '/list': (response) => response.end(JSON.stringify([key])),
  '/none': (response) => response.end(JSON.stringify({ keys: [] })),
  '/shared': (response) => response.end(JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA' }] })),
  '/failing': (response) => response.writeHead(500).end(JSON.stringify({ keys: [key] })),
}

/** What is published where it changes. */
let shown: { status: number; keys: readonly unknown[] } = { status: 200, keys: [key] }

const timeout = 'OSTIARY_OAUTH_JWKS_URI_TIMEOUT_SECONDS'
const allowed = { OSTIARY_OAUTH_JWKS_URI_ALLOW_PRIVATE_ADDRESSES: 'true' }

let publisher: Server
let base: string
let connections = 0
const seen: string[] = []
let server: TestServer
let made = 0

beforeAll(async () => {
  // Under Jest the core misses the global of undici that its own, unused, check would hang on.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined)
  const identity = localCertificate()
  setDefaultCACertificates([...trusted, identity.cert])
  publisher = createServer(identity, (request, response) => {
    const path = request.url ?? ''
    seen.push(path)
    answers[path.split('?')[0] ?? '']?.(response)
  })
  publisher.on('connection', () => {
    connections += 1
  })
  publisher.listen(0, '127.0.0.1')
  await once(publisher, 'listening')
  const address = publisher.address()
  base = `https://localhost:${typeof address === 'object' ? address?.port : 0}`
  server = await startTestServer({
    env: {
      ...allowed,
      [timeout]: '1',
      OSTIARY_STORAGE_MAX_STALENESS_SECONDS: '3600',
    },
  })
})
afterAll(async () => {
  await server.close()
  publisher.closeAllConnections()
  publisher.close()
  setDefaultCACertificates(trusted)
  jest.restoreAllMocks()
})

/** A place of its own at the publisher, so that no test sees what another one fetched. */
function place(path: string): string {
  made += 1
  return `${path}?${made}`
}

const register = (jwksUri: string, at = server) =>
  createAccount(at, { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri })

async function clientAt(jwksUri: string, at = server): Promise<KeyClient> {
  const { clientId } = (await register(jwksUri, at)).body
  return { clientId, kid: 'key-1', alg: 'ES256', sign: signers.ES256(ec.privateKey) }
}

/** The same client, that many times at once. */
const crowd = (client: KeyClient, size: number, changes: Changes = {}): Promise<Answer[]> =>
  Promise.all(
    Array.from({ length: size }, () => login(server, assertionOf(client, server, changes))),
  )

const fetches = (path: string) => seen.filter((url) => url === path).length

function expectAllRefused(refused: readonly Answer[], at = server): void {
  for (const answer of refused) {
    expectRefusedLogin(answer)
    expect(causeOf(at, answer)).toMatch(/^bad_assertion/)
  }
}

describe('a jwks_uri', () => {
  test('is fetched once for all who log in at once, and not again while it is fresh', async () => {
    const path = place('/keys')
    const client = await clientAt(`${base}${path}`)
    for (const answer of await crowd(client, 20)) expectToken(answer)
    for (const answer of await crowd(client, 5)) expectToken(answer)
    expect(fetches(path)).toBe(1)
  })

  test('is fetched no more than once for a flood of unknown kids', async () => {
    const path = place('/keys')
    const client = await clientAt(`${base}${path}`)
    for (let round = 0; round < 5; round += 1) {
      const kid = `unknown-${round}`
      expectAllRefused(await crowd(client, 10, { header: { kid } }))
    }
    expectToken(await login(server, assertionOf(client, server)))
    expect(fetches(path)).toBe(1)
  })

  test.each([
    ['switches protocols', '/switching'],
    ['is packed', '/packed'],
    ['has 21 keys', '/many'],
    ['is silent', '/silent'],
    ['never ends', '/endless'],
    ['is of 10 MB', '/large'],
    ['is a redirect', '/moved'],
    ['is no JSON', '/text'],
    ['is cut off', '/half'],
    ['is a list', '/list'],
    ['has no keys', '/none'],
    ['has a shared secret', '/shared'],
    ['is an error', '/failing'],
  ])('that %s logs nobody in, and is left alone for a while', async (_, kind) => {
    const path = place(kind)
    const client = await clientAt(`${base}${path}`)
    expectAllRefused(await crowd(client, 10))
    // Each failure doubles the pause: time that passes for real brings few readings.
    for (let round = 0; round < 3; round += 1) expectAllRefused(await crowd(client, 3))
    expect(fetches(path)).toBeLessThanOrEqual(3)
    expect(fetches('/keys?moved')).toBe(0)
  })

  test('that failed is tried again when a minute has passed', async () => {
    const path = place('/failing')
    const client = await clientAt(`${base}${path}`)
    expectAllRefused(await crowd(client, 5))
    const before = fetches(path)
    server.clock.offset += 61_000
    const later = { claims: { iat: undefined, exp: Math.floor(Date.now() / 1000) + 300 } }
    expectAllRefused(await crowd(client, 5, later))
    expect(fetches(path)).toBeGreaterThan(before)
    server.clock.offset = 0
  })

  /** A good assertion by the server's clock, however far a test has moved it. */
  const atServer = (client: KeyClient, header: Record<string, unknown> = {}) => {
    const exp = Math.floor((Date.now() + server.clock.offset) / 1000) + 60
    return login(server, assertionOf(client, server, { header, claims: { iat: undefined, exp } }))
  }
  const laterBy = (seconds: number) => {
    server.clock.offset += seconds * 1000
  }

  test('ends a key within a minute after it was taken out of the set', async () => {
    const path = place('/changing')
    shown = { status: 200, keys: [key] }
    const client = await clientAt(`${base}${path}`)
    expectToken(await atServer(client))
    shown = { status: 200, keys: [{ ...jwkOf(ec.publicKey), kid: 'key-2' }] }
    laterBy(61)
    expectAllRefused(await Promise.all([atServer(client), atServer(client), atServer(client)]))
    expectToken(await atServer(client, { kid: 'key-2' }))
    expect(fetches(path)).toBe(2)
    server.clock.offset = 0
  })

  test('lets a new key log in at once, when ten seconds have passed since it was read', async () => {
    const path = place('/changing')
    shown = { status: 200, keys: [key] }
    const client = await clientAt(`${base}${path}`)
    expectToken(await atServer(client))
    shown = { status: 200, keys: [key, { ...jwkOf(ec.publicKey), kid: 'key-2' }] }
    expectAllRefused([await atServer(client, { kid: 'key-2' })])
    laterBy(11)
    expectToken(await atServer(client, { kid: 'key-2' }))
    expect(fetches(path)).toBe(2)
    server.clock.offset = 0
  })

  test('that can no longer be read keeps its keys for an hour', async () => {
    const path = place('/changing')
    shown = { status: 200, keys: [key] }
    const client = await clientAt(`${base}${path}`)
    expectToken(await atServer(client))
    shown = { status: 503, keys: [] }
    for (const seconds of [61, 600, 2900]) {
      laterBy(seconds)
      expectToken(await atServer(client))
    }
    laterBy(100)
    expectAllRefused([await atServer(client)])
    server.clock.offset = 0
  })

  test('is not fetched for a login that could not be good', async () => {
    const path = place('/keys')
    const client = await clientAt(`${base}${path}`)
    const at = `${accountsPath}/${client.clientId}`
    for (const changes of [
      { claims: { aud: 'https://other.example' } },
      { claims: { exp: 1000 } },
      { claims: { jti: undefined } },
      { header: { alg: 'none' } },
      { header: { alg: 'HS256' } },
      { header: { crit: ['x'] } },
    ]) {
      expectAllRefused([await login(server, assertionOf(client, server, changes))])
    }
    const authorization = `Basic ${btoa(`${client.clientId}:secret`)}`
    expectRefusedLogin(await post(server, grant(), { headers: { authorization } }))
    expect((await server.manage('PATCH', at, { state: 'disabled' })).status).toBe(200)
    const disabled = await login(server, assertionOf(client, server))
    expectRefusedLogin(disabled)
    expect(causeOf(server, disabled)).toMatch(/^account_disabled/)
    expect((await server.manage('DELETE', at)).status).toBeLessThan(300)
    expectRefusedLogin(await login(server, assertionOf(client, server)))
    expect(fetches(path)).toBe(0)
  })

  test('may hold what we do not understand, and begin with a byte order mark', async () => {
    const others = [
      null,
      1,
      {},
      { kty: 'oct', k: 'AAAA' },
      { kty: 'RSA' },
      { ...key, kid: 7 },
      { ...key, use: '' },
    ]
    shown = { status: 200, keys: [...others, key] }
    const path = place('/changing')
    expectToken(await atServer(await clientAt(`${base}${path}`)))
    const line = server.logged.find((text) => text.includes('/changing","skipped"'))
    expect(line).toContain('keys of a jwks_uri were skipped')
    expect(line).toContain('keys[4].n must be a text in base64url')
    expectToken(await atServer(await clientAt(`${base}${place('/marked')}`)))
  })

  test('logs nobody in by an RSA key with the exponent 1, whose signatures anybody can make', async () => {
    const { n = '' } = jwkOf(rsa.publicKey)
    shown = { status: 200, keys: [{ kty: 'RSA', n, e: 'AQ', kid: 'key-1' }] }
    const client = await clientAt(`${base}${place('/changing')}`)
    const forged = { header: { alg: 'RS256' }, sign: forgedRs256 }
    expectAllRefused([await login(server, assertionOf(client, server, forged))])
  })

  test('with several keys of a type needs a kid', async () => {
    shown = { status: 200, keys: [key, { ...key, kid: 'key-2' }] }
    const client = await clientAt(`${base}${place('/changing')}`)
    const nameless = await atServer(client, { kid: undefined })
    expectRefusedLogin(nameless)
    expect(causeOf(server, nameless)).toMatch(
      /2 keys fit: the header must name one of them by its kid/,
    )
    expectToken(await atServer(client))
  })

  test('that fails holds up no other client', async () => {
    const [slow, quick] = [place('/silent'), place('/keys')]
    const [late, early] = [await clientAt(`${base}${slow}`), await clientAt(`${base}${quick}`)]
    let isOver = false
    const stuck = crowd(late, 5).finally(() => {
      isOver = true
    })
    expectToken(await login(server, assertionOf(early, server)))
    expect(isOver).toBe(false)
    expectAllRefused(await stuck)
  })

  test('is never a plain http address, nor a file, nor one with credentials', async () => {
    const port = new URL(base).port
    for (const jwksUri of [
      `http://localhost:${port}/keys`,
      'file:///etc/passwd',
      `https://user:pass@localhost:${port}/keys`,
      `//localhost:${port}/keys`,
      'https://',
      `${base}/keys#fragment`,
    ]) {
      expect([jwksUri, (await register(jwksUri)).status]).toEqual([jwksUri, 400])
    }
  })
})

describe('a jwks_uri that is slow', () => {
  test('is waited for by a hundred at once; more are told to try again', async () => {
    const patient = await startTestServer({ env: { ...allowed, [timeout]: '5' } })
    const client = await clientAt(`${base}${place('/held')}`, patient)
    const busy: Answer[] = []
    const logins = Array.from({ length: 130 }, async () => {
      const answer = await login(patient, assertionOf(client, patient))
      if (answer.status === 503) busy.push(answer)
      // When all who may wait do, nothing more is to come of it.
      if (busy.length === 30) for (const response of held.splice(0)) response.destroy()
      return answer
    })
    const answers = await Promise.all(logins)
    expect(busy).toHaveLength(30)
    for (const answer of busy) {
      expectRefusal(answer, 503, 'temporarily_unavailable')
      expect(answer.headers.get('retry-after')).toBe('1')
    }
    expectAllRefused(
      answers.filter(({ status }) => status !== 503),
      patient,
    )
    await patient.close()
  })
})

describe('a jwks_uri of this machine or its neighbours', () => {
  let strict: TestServer
  beforeAll(async () => {
    strict = await startTestServer()
  })
  afterAll(async () => await strict.close())

  test.each([
    ...['localhost', '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0.0.0.0'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[fe80::1]', '[fd00::1]'],
    ...['[64:ff9b::7f00:1]', '169.254.169.254', '10.0.0.1', '172.16.0.1', '192.168.0.1'],
    ...['100.64.0.1', '１２７.0.0.1'],
  ])('is not called, unless the operator allows it: %s', async (host) => {
    const before = connections
    const client = await clientAt(`https://${host}:${new URL(base).port}/keys`, strict)
    expectAllRefused([await login(strict, assertionOf(client, strict))], strict)
    expect(connections).toBe(before)
  })
})
