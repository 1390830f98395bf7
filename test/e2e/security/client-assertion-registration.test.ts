import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'
import { basic, startTestServer, type TestServer } from '../../support/server.ts'
import { createAccount, keyClient, secretClient } from '../support/accounts.ts'
import {
  assertionForm,
  assertionOf,
  type Changes,
  hs256,
  jwkOf,
  type KeyClient,
  login,
} from '../support/assertions.ts'
import {
  causeOf,
  expectRefusal,
  expectRefusedLogin,
  grant,
  post,
  reasons,
} from '../support/expectations.ts'

let server: TestServer
let client: KeyClient

beforeAll(async () => {
  server = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
  client = await keyClient(server)
})
afterAll(async () => await server.close())

describe('a private key that is sent to be registered', () => {
  const rsa = rsaPair('kept secret')
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ed = generateKeyPairSync('ed25519')
  const whole = jwkOf(rsa.privateKey)
  const open = { ...jwkOf(rsa.publicKey), kid: 'private' }
  const pem = (type: 'pkcs1' | 'pkcs8') => String(rsa.privateKey.export({ format: 'pem', type }))
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'a passphrase' }
  const sealed = rsa.privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher })
  const mark = 'c2VudGluZWwtb2YtYS1wcml2YXRlLWtleQ'

  /** What is sent, and a part of it that must be nowhere afterwards. */
  const keys: readonly (readonly [string, unknown, string])[] = [
    ['a whole RSA key', { ...whole, kid: 'private' }, String(whole.d)],
    ['a whole EC key', { ...jwkOf(ec.privateKey), kid: 'e' }, String(jwkOf(ec.privateKey).d)],
    ['a whole Ed25519 key', { ...jwkOf(ed.privateKey), kid: 'o' }, String(jwkOf(ed.privateKey).d)],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv'].map(
      (name) => [`a public key with ${name}`, { ...open, [name]: mark }, mark] as const,
    ),
    ['a public key with other primes', { ...open, oth: [{ r: mark }] }, mark],
    ['a public key with d in another form', { ...open, d: [mark] }, mark],
    ['a shared secret', { kty: 'oct', kid: 'shared', k: mark }, mark],
    ['a key set', { keys: [{ ...open, d: mark }] }, mark],
    ['a JWK as text', JSON.stringify({ ...open, d: mark }), mark],
    ['a PEM key', pem('pkcs8'), pem('pkcs8').split('\n')[3] ?? ''],
    ['a PEM key of the older form', pem('pkcs1'), pem('pkcs1').split('\n')[3] ?? ''],
    ['a sealed PEM key', String(sealed), String(sealed).split('\n')[4] ?? ''],
  ]

  /** Everything that the server keeps in its data folder. */
  const kept = () =>
    readdirSync(join(server.dir, 'data'))
      .map((name) => readFileSync(join(server.dir, 'data', name), 'latin1'))
      .join('\n')
  const total = async () =>
    (await server.manage('GET', accountsPath)).headers.get('x-total-count') ??
    (await server.manage('GET', `${accountsPath}?per_page=200`)).body.length

  test.each(keys)('is refused, and neither kept nor logged nor said again: %s', async (...row) => {
    const [, publicKey, part] = row
    expect(part.length).toBeGreaterThan(30)
    const path = `${accountsPath}/${client.clientId}/credentials`
    const [accounts, credentials] = [await total(), (await server.manage('GET', path)).text]
    const answers = [
      await createAccount(server, { tokenEndpointAuthMethod: 'private_key_jwt', publicKey }),
      await server.manage('POST', path, { publicKey }),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([400, 'key.invalid'])
      expect(answer.text).not.toContain(part)
    }
    expect(await total()).toBe(accounts)
    expect((await server.manage('GET', path)).text).toBe(credentials)
    expect((await server.manage('GET', '/api/audit?per_page=200')).text).not.toContain(part)
    expect(server.logged.join('')).not.toContain(part)
    expect(kept()).not.toContain(part)
  })

  test('would be found in the data folder, as the public half is', async () => {
    const { n } = jwkOf(rsa.publicKey)
    await keyClient(server, { pair: rsa })
    expect(kept()).toContain(n)
  })
})

describe('the method of a client', () => {
  const changed = (changes: Changes, who: KeyClient) => assertionOf(who, server, changes)

  test('is no secret when it is a key', async () => {
    for (const clientSecret of ['x'.repeat(43), client.kid, server.admin.clientSecret]) {
      const authorization = basic({ clientId: client.clientId, clientSecret })
      const answer = await post(server, grant(), { headers: { authorization } })
      expectRefusedLogin(answer)
      expect(causeOf(server, answer)).toMatch(/^wrong_method/)
    }
  })

  test('is no assertion when it is a secret, whoever keyed it', async () => {
    const { clientId, clientSecret } = await secretClient(server)
    const who = { ...client, clientId }
    const byHmac = { header: { alg: 'HS256', kid: undefined }, sign: hs256(clientSecret) }
    for (const changes of [{}, byHmac]) {
      const answer = await login(server, changed(changes, who))
      expectRefusedLogin(answer)
      expect(causeOf(server, answer)).toMatch(/^wrong_method/)
    }
  })

  test('is never none', async () => {
    const known = reasons(server, client.clientId).length
    for (const form of [grant(), assertionForm('')]) {
      form.set('client_id', client.clientId)
      expectRefusal(await post(server, form), 401, 'invalid_client')
    }
    expect(reasons(server, client.clientId)).toHaveLength(known)
  })
})
