import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, type JWK } from 'jose'
import {
  type ClientKeyPair,
  clientSecretBasic,
  privateKeyJwt,
  tokenSource,
} from '../../src/sdk/index.ts'
import { uniqueName } from '../support/accounts.ts'
import { rsaPair } from '../support/rsa-pairs.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf } from './fake-server.ts'

const pairs = {
  RSA: rsaPair('owner'),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
} as const
type Kind = keyof typeof pairs

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  String(key.export({ type, format: 'pem' }))
const jwk = (kind: Kind, more = {}) => ({
  ...pairs[kind].privateKey.export({ format: 'jwk' }),
  ...more,
})
const pkcs8 = (kind: Kind) => pem(pairs[kind].privateKey, 'pkcs8')
const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'

/** Typed as jose has it: what its callers hold goes in as it is. */
const ofJose: JWK = jwk('EC')

const forms: readonly (readonly [string, Kind, ClientKeyPair, string])[] = [
  ['PKCS#8 of RSA', 'RSA', { privateKey: pkcs8('RSA') }, 'RS256'],
  ['PKCS#8 of EC', 'EC', { privateKey: pkcs8('EC') }, 'ES256'],
  ['PKCS#8 of Ed25519', 'Ed25519', { privateKey: pkcs8('Ed25519') }, 'EdDSA'],
  ['PKCS#1', 'RSA', { privateKey: pem(pairs.RSA.privateKey, 'pkcs1') }, 'RS256'],
  ['SEC1', 'EC', { privateKey: pem(pairs.EC.privateKey, 'sec1') }, 'ES256'],
  [
    'SEC1 after its parameters',
    'EC',
    { privateKey: parameters + pem(pairs.EC.privateKey, 'sec1') },
    'ES256',
  ],
  ['PEM with a BOM', 'EC', { privateKey: `\uFEFF${pkcs8('EC')}\r\n` }, 'ES256'],
  ['PEM on one line', 'EC', { privateKey: pkcs8('EC').replaceAll('\n', '\\n') }, 'ES256'],
  ['PEM told to sign by PS256', 'RSA', { privateKey: pkcs8('RSA'), alg: 'PS256' }, 'PS256'],
  ['a JWK of RSA', 'RSA', { privateKey: jwk('RSA') }, 'RS256'],
  ['a JWK whose alg is PS256', 'RSA', { privateKey: jwk('RSA', { alg: 'PS256' }) }, 'PS256'],
  ['a JWK of EC', 'EC', { privateKey: jwk('EC', { use: 'sig', key_ops: ['verify'] }) }, 'ES256'],
  ['a JWK of Ed25519', 'Ed25519', { privateKey: jwk('Ed25519', { alg: 'Ed25519' }) }, 'Ed25519'],
  ['a JWK of jose', 'EC', { privateKey: ofJose }, 'ES256'],
  ['a JWK as text', 'EC', { privateKey: `\uFEFF${JSON.stringify(jwk('EC'))}\n` }, 'ES256'],
]

describe.each([
  ['standard', undefined],
  ['fapi', 'PS256'],
] as const)('private_key_jwt in the profile %s', (profile, rsaAlg) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ env: { OSTIARY_OAUTH_PROFILE: profile } })
  })
  afterAll(() => server.close())

  test.each(forms)('logs in with %s', async (_, kind, pair, usual) => {
    const { body } = await server.manage('POST', '/api/service-accounts', {
      name: uniqueName(),
      permissions: [],
      tokenEndpointAuthMethod: 'private_key_jwt',
      publicKey: pairs[kind].publicKey.export({ type: 'spki', format: 'pem' }),
    })
    const login = privateKeyJwt(body.clientId, pair)
    const headers: unknown[] = []
    const authentication: typeof login = async (...of) => {
      const made = await login(...of)
      headers.push(decodeProtectedHeader(made.form?.['client_assertion'] ?? ''))
      return made
    }
    expect((await tokenSource({ issuer: server.url, authentication })()).value).toMatch(/^eyJ/)
    const alg = kind === 'RSA' ? (rsaAlg ?? usual) : usual
    expect(headers).toEqual([{ alg, kid: body.kid, typ: 'client-authentication+jwt' }])
  })
})

describe('a private key that cannot be used', () => {
  const encrypted = {
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  } as const
  const rsaPublic = pairs.RSA.publicKey.export({ type: 'spki', format: 'pem' })
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })

  test.each([
    ['encrypted', pairs.EC.privateKey.export(encrypted), 'encrypted'],
    ['the public half in PEM', rsaPublic, 'public half'],
    ['the public half as JWK', pairs.EC.publicKey.export({ format: 'jwk' }), 'public half'],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----',
      'certificate',
    ],
    ['bound to PSS', pem(pss.privateKey, 'pkcs8'), 'RSASSA-PSS'],
    ['on another curve', pem(p384.privateKey, 'sec1'), 'P-256'],
    ['on another curve in PKCS#8', pem(p384.privateKey, 'pkcs8'), 'P-256'],
    ['one of several in a text', pkcs8('EC') + pkcs8('RSA'), '2 private keys'],
    [
      'one of several on one line, one of them encrypted',
      `${pem(pairs.EC.privateKey, 'sec1')}${pairs.EC.privateKey.export(encrypted)}`.replaceAll(
        '\n',
        '\\n',
      ),
      '2 private keys',
    ],
    ['a set of keys', { keys: [jwk('EC')] }, 'one key'],
    ['of another type', { kty: 'oct', k: 'AA' }, 'RSA, EC P-256 or Ed25519'],
    ['no key at all', 'hunter2', 'PEM or JWK'],
    ['no JSON', '{hunter2', 'JSON'],
    ['for another algorithm', { ...jwk('RSA'), alg: 'ES256' }, 'RS256 or PS256'],
  ])('is refused when it is %s, in words that do not quote it', (_, given, said) => {
    const privateKey =
      typeof given === 'object' && !Buffer.isBuffer(given) ? { ...given } : String(given)
    const make = () => privateKeyJwt('client', { privateKey })
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_credential' }))
    expect(make).toThrow(said)
    expect(make).not.toThrow('hunter2')
  })

  test.each([
    ['key', pkcs8('EC').replace(/\n.{20}/, `\n${'A'.repeat(20)}`)],
    ['end', pkcs8('EC').replace(/.{30}\n-----END/, '\n-----END')],
    ['base64', '-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----'],
  ])('is refused when its %s is damaged', async (_, privateKey) => {
    const use = async () => await privateKeyJwt('client', { privateKey })('https://auth.example')
    expect((await failureOf(use())).code).toBe('invalid_credential')
  })

  test('is refused when its numbers are no key, once it is used', async () => {
    const login = privateKeyJwt('client', { privateKey: jwk('EC', { x: 'hunter2' }) })
    const failed = await failureOf(login('https://auth.example'))
    expect([failed.code, failed.cause]).toEqual(['invalid_credential', undefined])
  })
})

// process.env gives undefined for a variable that is not set.
describe('a client id or secret that is not there', () => {
  test.each([
    [undefined, undefined, 'the client id'],
    ['', 'secret', 'the client id'],
    ['\ufeff\n', 'secret', 'the client id'],
    ['id', undefined, 'the client secret'],
    ['id', null, 'the client secret'],
    ['id', '', 'the client secret'],
    ['id', 5, 'the client secret'],
  ])('is refused before anything is sent: %j, %j', (id, secret, what) => {
    const made = () => Reflect.apply(clientSecretBasic, undefined, [id, secret])
    const said = `${what} is no text, or an empty one: is the variable set that it comes from?`
    expect(made).toThrow(expect.objectContaining({ code: 'invalid_credential', message: said }))
  })

  test('is refused beside a private key too', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pair = { privateKey: privateKey.export({ format: 'jwk' }) }
    const made = () => Reflect.apply(privateKeyJwt, undefined, [undefined, pair])
    expect(made).toThrow(expect.objectContaining({ code: 'invalid_credential' }))
  })
})
