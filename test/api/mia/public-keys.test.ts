import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, SignJWT } from 'jose'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'
import { startTestServer, type TestServer, tokenPath } from '../../support/server.ts'

const pairs = {
  rsa: rsaPair('owner'),
  weak: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  pss: generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ec384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  k256: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  ed: generateKeyPairSync('ed25519'),
  x25519: generateKeyPairSync('x25519'),
}
type Name = keyof typeof pairs
const jwk = (name: Name) => pairs[name].publicKey.export({ format: 'jwk' })
const pem = (name: Name) => String(pairs[name].publicKey.export({ type: 'spki', format: 'pem' }))

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

const byKey = (publicKey: unknown) =>
  server.manage(
    'POST',
    accountsPath,
    wanted({ tokenEndpointAuthMethod: 'private_key_jwt', publicKey }),
  )

async function login(
  clientId: string,
  { key, alg, kid }: { key: KeyObject; alg: string; kid: string },
) {
  const assertion = await new SignJWT({ jti: randomBytes(9).toString('hex') })
    .setProtectedHeader({ alg, kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(server.url)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(key)
  const { status } = await server.call(tokenPath, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })
  return status
}

describe('a public key', () => {
  const forms: readonly (readonly [string, Name, string, () => unknown])[] = [
    ['a JWK', 'rsa', 'RS256', () => ({ ...jwk('rsa'), kid: 'one', use: 'sig', alg: 'RS256' })],
    ['a JWK of RSA256', 'rsa', 'RS256', () => ({ ...jwk('rsa'), kid: 'one', alg: 'RSA256' })],
    ['a JWK without alg', 'rsa', 'PS256', () => ({ ...jwk('rsa'), kid: 'one' })],
    ['an EC JWK', 'ec', 'ES256', () => ({ ...jwk('ec'), kid: 'one' })],
    ['an Ed25519 JWK', 'ed', 'EdDSA', () => ({ ...jwk('ed'), kid: 'one' })],
    ['an RSA PEM', 'rsa', 'RS256', () => pem('rsa')],
    ['an EC PEM', 'ec', 'ES256', () => pem('ec')],
    ['an Ed25519 PEM', 'ed', 'EdDSA', () => pem('ed')],
    [
      'a PKCS#1 PEM',
      'rsa',
      'RS256',
      () => pairs.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }),
    ],
  ]

  test.each(forms)('logs in after it came as %s', async (_, name, alg, given) => {
    const answer = await byKey(given())
    expect(answer.status).toBe(201)
    const { clientId, kid } = answer.body
    expect(Object.keys(answer.body).sort()).toEqual(['clientId', 'clientIdIssuedAt', 'kid'])
    expect(await login(clientId, { key: pairs[name].privateKey, alg, kid })).toBe(200)
    const { body } = await server.manage('GET', `${accountsPath}/${clientId}/credentials`)
    expect(body).toMatchObject([{ type: 'public_key', kid, state: 'active' }])
  })

  test('keeps the kid that it came with, else it is named by its thumbprint', async () => {
    expect((await byKey({ ...jwk('rsa'), kid: 'miactl' })).body.kid).toBe('miactl')
    const name = await calculateJwkThumbprint({ ...jwk('rsa'), kty: 'RSA' })
    expect((await byKey(jwk('rsa'))).body.kid).toBe(name)
    expect((await byKey({ ...jwk('rsa'), kid: '' })).body.kid).toBe(name)
    expect((await byKey(pem('rsa'))).body.kid).toBe(name)
  })

  test('may have the kid that a key of another account has', async () => {
    expect((await byKey({ ...jwk('rsa'), kid: 'miactl' })).status).toBe(201)
    expect((await byKey({ ...jwk('ec'), kid: 'miactl' })).status).toBe(201)
  })

  const privateJwk = (name: Name) => pairs[name].privateKey.export({ format: 'jwk' })
  test.each([
    ['a private RSA JWK', () => privateJwk('rsa'), 'publicKey.d'],
    ['a private EC JWK', () => privateJwk('ec'), 'publicKey.d'],
    ['a private Ed25519 JWK', () => privateJwk('ed'), 'publicKey.d'],
    ['one prime of a key', () => ({ ...jwk('rsa'), p: privateJwk('rsa').p }), 'publicKey.p'],
    ['a null private member', () => ({ ...jwk('rsa'), d: null }), 'publicKey.d'],
    [
      'a private PEM',
      () => pairs.rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'private key',
    ],
    [
      'a secret key',
      () => createSecretKey(randomBytes(32)).export({ format: 'jwk' }),
      'publicKey.k',
    ],
    ['RSA of 1024 bits', () => jwk('weak'), '2048'],
    ['RSA of 1024 bits as PEM', () => pem('weak'), '2048'],
    ['RSA whose exponent is 1', () => ({ ...jwk('rsa'), e: 'AQ' }), 'publicKey.e'],
    ['RSA-PSS', () => pem('pss'), 'publicKey'],
    ['P-384', () => jwk('ec384'), 'P-256'],
    ['secp256k1', () => jwk('k256'), 'publicKey'],
    ['X25519', () => jwk('x25519'), 'publicKey'],
    ['a key for encryption', () => ({ ...jwk('rsa'), use: 'enc' }), 'publicKey.use'],
    [
      'key_ops without verify',
      () => ({ ...jwk('rsa'), key_ops: ['encrypt'] }),
      'publicKey.key_ops',
    ],
    ['a symmetric algorithm', () => ({ ...jwk('rsa'), alg: 'HS256' }), 'publicKey.alg'],
    ['no algorithm at all', () => ({ ...jwk('rsa'), alg: 'none' }), 'publicKey.alg'],
    ['an RSA algorithm on an EC key', () => ({ ...jwk('ec'), alg: 'RS256' }), 'publicKey.alg'],
    ['a number for a kid', () => ({ ...jwk('rsa'), kid: 5 }), 'publicKey.kid'],
    ['a kid of 257 characters', () => ({ ...jwk('rsa'), kid: 'k'.repeat(257) }), 'publicKey.kid'],
    ['a kid with a line break', () => ({ ...jwk('rsa'), kid: 'one\ntwo' }), 'publicKey.kid'],
    [
      'a kid that turns what is around it',
      () => ({ ...jwk('rsa'), kid: 'a\u202eb' }),
      'publicKey.kid',
    ],
    ['a kid of blanks', () => ({ ...jwk('rsa'), kid: '  ' }), 'publicKey.kid'],
    ['a point off the curve', () => ({ ...jwk('ec'), y: jwk('ec').x }), 'publicKey'],
    ['no modulus', () => ({ kty: 'RSA', e: 'AQAB' }), 'publicKey'],
    ['a set of keys', () => ({ keys: [jwk('rsa')] }), 'publicKey'],
    ['some text', () => 'ssh-ed25519 AAAA', 'publicKey'],
  ])('is refused as %s, and nothing is stored', async (_, given, says) => {
    const total = async () =>
      (await server.manage('GET', accountsPath)).headers.get('x-total-count')
    const before = await total()
    const answer = await byKey(given())
    expect([answer.status, answer.body.code]).toEqual([400, 'key.invalid'])
    expect(answer.body.field).toBe('publicKey')
    expect(answer.body.message).toContain(says)
    expect(await total()).toBe(before)
  })

  test('leaves nothing of a private key in the log or the answer', async () => {
    const { d = '' } = privateJwk('rsa')
    const answer = await byKey(privateJwk('rsa'))
    expect(answer.text).not.toContain(d)
    expect(server.logged.join('')).not.toContain(d)
  })

  test.each([undefined, null, '', {}])('is missing as %j where one is needed', async (given) => {
    const answer = await byKey(given)
    expect([answer.status, answer.body.field]).toEqual([400, 'publicKey'])
    expect(answer.body.message).toContain('private_key_jwt')
  })
})

describe('an account that logs in by key', () => {
  const made = async () => (await byKey({ ...jwk('rsa'), kid: 'one' })).body.clientId

  test('takes further keys, of other kids', async () => {
    const clientId = await made()
    const path = `${accountsPath}/${clientId}/credentials`
    const second = await server.manage('POST', path, { publicKey: { ...jwk('ec'), kid: 'two' } })
    expect([second.status, Object.keys(second.body).sort()]).toEqual([201, ['id', 'kid']])
    const keys = [
      { key: pairs.rsa.privateKey, alg: 'RS256', kid: 'one' },
      { key: pairs.ec.privateKey, alg: 'ES256', kid: 'two' },
    ]
    for (const key of keys) expect(await login(clientId, key)).toBe(200)
    const taken = await server.manage('POST', path, { publicKey: { ...jwk('ed'), kid: 'two' } })
    expect([taken.status, taken.body.code]).toEqual([409, 'key.taken'])
    expect(taken.body.field).toBe('publicKey.kid')
    await server.manage('DELETE', `${path}/${second.body.id}`)
    expect(await Promise.all(keys.map((key) => login(clientId, key)))).toEqual([200, 401])
  })

  test('has no secret to rotate or to add', async () => {
    const clientId = await made()
    for (const [route, body] of [
      ['rotate', { overlapSeconds: 0 }],
      ['credentials', {}],
    ] as const) {
      const answer = await server.manage('POST', `${accountsPath}/${clientId}/${route}`, body)
      expect([answer.status, answer.body.code]).toEqual([400, 'account.method_mismatch'])
    }
  })

  test('has keys of its own or a jwksUri, not both', async () => {
    const jwksUri = 'https://keys.example/jwks'
    const method = { tokenEndpointAuthMethod: 'private_key_jwt' }
    const both = await server.manage(
      'POST',
      accountsPath,
      wanted({ ...method, jwksUri, publicKey: jwk('rsa') }),
    )
    expect([both.status, both.body.field]).toEqual([400, 'jwksUri'])
    const expiresAt = '2099-01-01T00:00:00Z'
    const timed = await server.manage(
      'POST',
      accountsPath,
      wanted({ ...method, jwksUri, expiresAt }),
    )
    expect([timed.status, timed.body.field]).toEqual([400, 'expiresAt'])
    const { clientId } = (
      await server.manage('POST', accountsPath, wanted({ ...method, jwks_uri: jwksUri }))
    ).body
    const { body } = await server.manage('GET', `${accountsPath}/${clientId}`)
    expect(body.jwksUri).toBe(jwksUri)
    const added = await server.manage('POST', `${accountsPath}/${clientId}/credentials`, {
      publicKey: jwk('rsa'),
    })
    expect([added.status, added.body.code]).toEqual([400, 'account.method_mismatch'])
  })
})

test('an account that logs in by secret takes no key', async () => {
  const body = wanted({ publicKey: jwk('rsa') })
  const answer = await server.manage('POST', accountsPath, body)
  expect([answer.status, answer.body.code]).toEqual([400, 'account.method_mismatch'])
  expect(answer.body.field).toBe('publicKey')
})
