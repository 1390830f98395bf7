import { type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionOf,
  type Changes,
  ec,
  ed,
  hs256,
  jwkOf,
  type KeyClient,
  login,
  now,
  part,
  rsa,
  type Sign,
  signers,
  unsigned,
} from '../support/assertions.ts'
import { decoded, expectRefusedFor, expectToken } from '../support/expectations.ts'

const thief = rsaPair('thief')

let server: TestServer
let client: KeyClient

beforeAll(async () => {
  const patience = { OSTIARY_STORAGE_MAX_STALENESS_SECONDS: '3600' }
  server = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0', ...patience } })
  client = await keyClient(server, { jwk: { alg: 'RS256' } })
})
afterAll(async () => await server.close())

const expectRefused = async (assertion: string, cause: string | RegExp) =>
  expectRefusedFor(server, await login(server, assertion), cause)

const changed = (changes: Changes, who = client) => assertionOf(who, server, changes)
const mismatch = /^bad_assertion: alg mismatch$/
const noKey = /^bad_assertion: no applicable key/
const badSignature = /^bad_assertion: signature verification failed$/

describe('the algorithm of an assertion', () => {
  test.each([
    ['RS256', { alg: 'RS256', pair: rsa }, {}],
    ['PS256', { alg: 'PS256', pair: rsa }, {}],
    ['ES256', { alg: 'ES256', pair: ec }, {}],
    ['EdDSA', { alg: 'EdDSA', pair: ed }, {}],
    ['Ed25519', { alg: 'EdDSA', pair: ed }, { alg: 'Ed25519' }],
  ] as const)('may be %s', async (_, choice, header) => {
    const who = await keyClient(server, choice)
    expectToken(await login(server, changed({ header }, who)))
  })

  test.each(['none', 'None', 'NONE', 'nOnE'])('is refused when it is %s', async (alg) => {
    for (const signature of [unsigned, client.sign]) {
      await expectRefused(changed({ header: { alg }, sign: signature }), mismatch)
    }
  })

  const pem = (key: KeyObject) => String(key.export({ format: 'pem', type: 'spki' }))
  const publicTexts: readonly (readonly [string, string])[] = [
    ['PEM', pem(rsa.publicKey)],
    ['PEM without its last line end', pem(rsa.publicKey).trim()],
    ['JWK', JSON.stringify(jwkOf(rsa.publicKey))],
    ['modulus', String(jwkOf(rsa.publicKey).n)],
    ['emptiness', ''],
  ]
  test.each(publicTexts)(
    'is refused when it is an HMAC keyed with the public %s',
    async (_, key) => {
      await expectRefused(changed({ header: { alg: 'HS256' }, sign: hs256(key) }), mismatch)
    },
  )

  test.each([
    'HS384',
    'HS512',
    'RS1',
    'RS512',
    'ES256K',
    'rs256',
    '',
    null,
    1,
    ['RS256'],
    undefined,
  ])('is refused when it is %j', async (alg) => {
    await expectRefused(changed({ header: { alg } }), mismatch)
  })

  test('is the one that the key is registered for', async () => {
    const pss: Sign = signers.PS256(rsa.privateKey)
    await expectRefused(changed({ header: { alg: 'PS256' }, sign: pss }), noKey)
    const other = await keyClient(server, { alg: 'PS256', jwk: { alg: 'PS256' } })
    const pkcs = { header: { alg: 'RS256' }, sign: signers.RS256(rsa.privateKey) }
    await expectRefused(changed(pkcs, other), noKey)
    expectToken(await login(server, changed({}, other)))
  })

  test('is one for the type of the key', async () => {
    const sha: Sign = (data) => sign('sha256', Buffer.from(data), ec.privateKey)
    const other = await keyClient(server, { alg: 'ES256', pair: ec })
    for (const alg of ['RS256', 'EdDSA'])
      await expectRefused(changed({ header: { alg } }, other), noKey)
    await expectRefused(changed({ sign: sha }, other), badSignature)
  })
})

describe('the key of an assertion', () => {
  const stolen = signers.RS256(thief.privateKey)

  test('is the registered one, whatever the kid says', async () => {
    for (const kid of [client.kid, undefined]) {
      await expectRefused(changed({ header: { kid }, sign: stolen }), badSignature)
    }
  })

  test('is found without a kid when there is one key', async () => {
    expectToken(await login(server, changed({ header: { kid: undefined } })))
  })

  test.each<[string, unknown]>([
    ['a path', '../../etc/passwd'],
    ['an address', 'http://127.0.0.1:1/key'],
    ['a query', "' or 1=1"],
    ['its own and a NUL', 'key-1\0'],
    ['its own in upper case', 'KEY-1'],
    ['an empty text', ''],
    ['a text of 10 kB', 'k'.repeat(10_000)],
  ])('is found by no kid but its own: %s', async (_, kid) => {
    await expectRefused(changed({ header: { kid } }), noKey)
  })

  // RFC 7515 §4.1.4: the value of kid must be a text.
  test.each([[{ $ne: 1 }], [{ $gt: '' }], [['key-1']], [1], [true], [null]])(
    'is found by no kid that is no text: %j',
    async (kid) => {
      await expectRefused(changed({ header: { kid } }), /^bad_assertion/)
    },
  )

  test('is never taken from the assertion itself', async () => {
    const jwk = jwkOf(thief.publicKey)
    for (const header of [
      { jwk },
      { jwk: { ...jwk, kid: client.kid }, kid: client.kid },
      { jwk, kid: undefined },
    ]) {
      await expectRefused(changed({ header, sign: stolen }), badSignature)
    }
    const x5c = [part('certificate')]
    await expectRefused(changed({ header: { x5c }, sign: stolen }), badSignature)
  })

  test('is fetched from no address in the assertion', async () => {
    let connections = 0
    const listener: Server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const address = listener.address()
    const port = typeof address === 'object' ? address?.port : 0
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://127.0.0.1:${port}/keys`
      for (const header of [{ jku: url }, { x5u: url }, { jku: url, kid: 'thief' }, { kid: url }]) {
        await expectRefused(changed({ header, sign: stolen }), /^bad_assertion/)
      }
    }
    await new Promise((resolve) => listener.close(resolve))
    expect(connections).toBe(0)
  })

  test('is no longer good when it was deleted, or has expired', async () => {
    const who = await keyClient(server)
    const path = `${accountsPath}/${who.clientId}/credentials`
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const publicKey = { ...jwkOf(thief.publicKey), kid: 'second' }
    await server.manage('POST', path, { publicKey, expiresAt })
    const second = { header: { kid: 'second' }, sign: stolen }
    expectToken(await login(server, changed({}, who)))
    expectToken(await login(server, changed(second, who)))
    const [first] = (await server.manage('GET', path)).body
    await server.manage('DELETE', `${path}/${first.id}`)
    await expectRefused(changed({}, who), noKey)
    server.clock.offset = 61_000
    const late = { ...second, claims: { iat: now() + 60, exp: now() + 120 } }
    await expectRefused(changed(late, who), noKey)
    server.clock.offset = 0
  })

  test('outlives no token of its own, and is named by its kid beside another of its type', async () => {
    const who = await keyClient(server)
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const publicKey = { ...jwkOf(thief.publicKey), kid: 'second' }
    await server.manage('POST', `${accountsPath}/${who.clientId}/credentials`, {
      publicKey,
      expiresAt,
    })
    const second = { header: { kid: 'second' }, sign: stolen }
    const answer = await login(server, changed(second, who))
    expect(Number(decoded(expectToken(answer))['exp'])).toBeLessThanOrEqual(
      Date.parse(expiresAt) / 1000,
    )
    for (const nameless of [
      { header: { kid: undefined } },
      { ...second, header: { kid: undefined } },
    ]) {
      await expectRefused(changed(nameless, who), /^bad_assertion: 2 keys fit: .* by its kid$/)
    }
  })
})
