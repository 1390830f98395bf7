import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { miaWords } from '../../../src/api/mia/problems.ts'
import { readPublicKey } from '../../../src/domain/credentials/public-key.ts'
import { isProblem } from '../../../src/domain/problem.ts'
import { say } from '../../../src/http/problems.ts'
import { localCertificate } from '../../support/key-host.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'

const rsa = rsaPair('owner')
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const jwkOf = ({ publicKey }: typeof rsa) => publicKey.export({ format: 'jwk' })

test.each([
  ['RSA', rsa],
  ['EC', ec],
  ['OKP', ed],
] as const)('keeps of a %s key what verifies, and nothing else that came with it', (kty, pair) => {
  const jwk = jwkOf(pair)
  const given = { ...jwk, kid: 'one', use: 'sig', key_ops: ['verify'], x5c: ['a'], note: 'b' }
  expect(readPublicKey(given)).toEqual({ ...jwk, kty, kid: 'one' })
})

test.each([
  ['RSA', rsa],
  ['EC', ec],
  ['OKP', ed],
] as const)('reads the same %s key from PEM, and names it by its thumbprint', async (kty, pair) => {
  const pem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  const { kid } = readPublicKey(pem)
  expect(kid).toBe(await calculateJwkThumbprint({ ...jwkOf(pair), kty }))
  expect(readPublicKey(jwkOf(pair))).toEqual(readPublicKey(pem))
})

test('takes members that are null for members that are not there', () => {
  const names = ['kid', 'use', 'key_ops', 'alg', 'x5c', 'crv', 'x']
  const nulls = Object.fromEntries(names.map((name) => [name, null]))
  expect(readPublicKey({ ...nulls, ...jwkOf(rsa) })).toEqual(readPublicKey(jwkOf(rsa)))
})

test('takes RSA256, which is no registered name, for RS256', () => {
  for (const [given, kept] of [
    ['RSA256', 'RS256'],
    ['RS256', 'RS256'],
    ['PS256', 'PS256'],
  ]) {
    expect(readPublicKey({ ...jwkOf(rsa), alg: given })).toMatchObject({ alg: kept })
  }
  expect(readPublicKey({ ...jwkOf(rsa), alg: '' })).not.toHaveProperty('alg')
})

const refusalOf = (given: string | Record<string, unknown>) => {
  try {
    readPublicKey(given)
  } catch (error) {
    if (isProblem(error, 'key.invalid')) return error
    throw new Error(`refused by a fault of ours: ${String(error)}`)
  }
  throw new Error('not refused')
}
const said = (given: string | Record<string, unknown>) => say(miaWords, refusalOf(given)).message
const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
const spki = ({ publicKey }: Pick<typeof rsa, 'publicKey'>) =>
  String(publicKey.export({ type: 'spki', format: 'pem' }))
const pkcs8 = String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const pem = spki(ec)
const { cert } = localCertificate()
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
function publicPem(...how: string[]): string {
  const privatePem = openssl('genpkey', ...how)
  return execFileSync('openssl', ['pkey', '-pubout'], { input: privatePem }).toString()
}

/** An RSA key with another exponent, or other bits at the ends of its modulus. */
const withExponent = (e: bigint) => {
  const hex = e.toString(16)
  return { ...jwkOf(rsa), e: base64url(hex.padStart(hex.length + (hex.length % 2), '0')) }
}
const modulusOf = (bits: number) => {
  const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff)
  bytes[0] = 0xff >> ((8 - (bits % 8)) % 8)
  return { kty: 'RSA', e: 'AQAB', n: bytes.toString('base64url') }
}

test.each([3n, 17n, 65537n, 2n ** 31n - 1n, 2n ** 32n - 1n])(
  'an RSA exponent of %s is taken',
  (e) => {
    expect(readPublicKey(withExponent(e))).toMatchObject({ kty: 'RSA' })
  },
)

test.each([...[1n, 2n, 4n, 65536n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 64n + 1n, 2n ** 2047n - 1n]])(
  'an RSA exponent of %s is refused',
  (e) => {
    expect(said(withExponent(e))).toContain('publicKey.e must be odd, from 3 to 4294967295')
  },
)

test.each([2048, 2049, 3072, 4096, 8191, 8192])('an RSA modulus of %i bits is taken', (bits) => {
  expect(readPublicKey(modulusOf(bits))).toMatchObject({ kty: 'RSA' })
})

test.each([1, 512, 1024, 2040, 2047, 8193, 16384])(
  'an RSA modulus of %i bits is refused',
  (bits) => {
    expect(said(modulusOf(bits))).toBe(`publicKey must have 2048 to 8192 bits; this has ${bits}`)
  },
)

test('an even RSA modulus is refused', () => {
  const n = Buffer.from(String(jwkOf(rsa).n), 'base64url')
  n[n.length - 1] = (n.at(-1) ?? 0) & 0xfe
  expect(said({ ...jwkOf(rsa), n: n.toString('base64url') })).toContain('publicKey.n must be odd')
})

test('zeros before a number are no part of it', () => {
  const { n, e } = jwkOf(rsa)
  const longer = (text: unknown) =>
    Buffer.concat([Buffer.alloc(9), Buffer.from(String(text), 'base64url')]).toString('base64url')
  expect(readPublicKey({ ...jwkOf(rsa), n: longer(n), e: longer(e) })).toEqual(
    readPublicKey(jwkOf(rsa)),
  )
})

test.each<[string, string | Record<string, unknown>, string]>([
  ['nothing', {}, 'must be of type RSA, EC'],
  ['an unknown type', { ...jwkOf(ec), kty: 'AKP' }, 'must be of type RSA, EC'],
  ['a shared secret', { kty: 'oct', k: 'AAAA' }, 'publicKey.k belongs to a private key'],
  ['operators', { kty: { $ne: 'RSA' }, n: { $gt: '' } }, 'must be of type RSA, EC'],
  ['n that is missing', { kty: 'RSA', e: 'AQAB' }, 'publicKey.n must be a text in base64url'],
  ['e as a number', { ...jwkOf(rsa), e: 65537 }, 'publicKey.e must be a text in base64url'],
  ['e in a list', { ...jwkOf(rsa), e: ['AQAB'] }, 'publicKey.e must be a text in base64url'],
  ['an empty e', { ...jwkOf(rsa), e: '' }, 'publicKey.e must be a text in base64url'],
  ['y that is missing', { ...jwkOf(ec), y: undefined }, 'publicKey.y must be a text in base64url'],
  ['y that is null', { ...jwkOf(ec), y: null }, 'publicKey.y must be a text in base64url'],
  ['a point beside the curve', { ...jwkOf(ec), y: jwkOf(ec).x }, 'is not a valid JWK'],
  ['x of another length', { ...jwkOf(ed), x: 'AAAA' }, 'is not a valid JWK'],
  ['another curve', jwkOf(p384), 'publicKey.crv must be P-256'],
  ['a curve of another type', { ...jwkOf(ed), crv: 'X25519' }, 'publicKey.crv must be Ed25519'],
  ['another use', { ...jwkOf(ec), use: 'enc' }, 'publicKey.use must be sig'],
  ['an empty use', { ...jwkOf(ec), use: '' }, 'publicKey.use must be sig'],
  [
    'other operations',
    { ...jwkOf(ec), key_ops: ['sign'] },
    'publicKey.key_ops must include verify',
  ],
  ['operations that are no list', { ...jwkOf(ec), key_ops: 'verify' }, 'key_ops must include'],
  ['a kid that is a number', { ...jwkOf(ec), kid: 1 }, 'publicKey.kid must be a text'],
  ['a long kid', { ...jwkOf(ec), kid: 'k'.repeat(257) }, 'at most 256 characters'],
  ['an alg of another type', { ...jwkOf(ec), alg: 'RS256' }, 'publicKey.alg must be ES256'],
  ['an alg that is a number', { ...jwkOf(rsa), alg: 1 }, 'must be RS256 or PS256'],
  ['a key set', { keys: [jwkOf(ec)] }, 'is a set of keys: send one of its keys'],
  ['certificates alone', { kty: 'RSA', x5c: ['MIIB'] }, 'has only x5c: send the members'],
  ['a huge modulus', { kty: 'RSA', n: 'A'.repeat(60_000), e: 'AQAB' }, 'must have 2048 to 8192'],
  ['no key at all', 'hello', 'must be a JWK or a PEM public key'],
  [
    'an empty PEM',
    '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----',
    'must be a JWK or a PEM',
  ],
  ['PEM with \\n as text', pem.replaceAll('\n', '\\n'), 'real line breaks'],
  ['PEM on one line', pem.replaceAll('\n', ' '), 'is PEM on one line'],
  ['PEM without any break', pem.replaceAll('\n', ''), 'is PEM on one line'],
  ['a JWK within a text', JSON.stringify(jwkOf(ec)), 'send the JWK itself, as an object'],
  ['an OpenSSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here', 'convert it to PEM'],
  ['an RSA key for PSS', publicPem('-algorithm', 'RSA-PSS'), 'is an RSA key for PSS only'],
  [
    'a brainpool key',
    publicPem('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'),
    'publicKey.crv must be P-256',
  ],
  ['a key for agreement', publicPem('-algorithm', 'X25519'), 'publicKey.crv must be Ed25519'],
  ['another Edwards curve', publicPem('-algorithm', 'ED448'), 'publicKey.crv must be Ed25519'],
  [
    'a certificate called a private key',
    cert.replaceAll('CERTIFICATE', 'PRIVATE KEY'),
    'BEGIN CERT',
  ],
  [
    'a certificate called private',
    cert.replaceAll('CERTIFICATE', 'PRIVATE CERTIFICATE'),
    'its heading must be BEGIN CERTIFICATE',
  ],
  [
    'a request for a certificate',
    pem.replaceAll('PUBLIC KEY', 'CERTIFICATE REQUEST'),
    'has the heading CERTIFICATE REQUEST: expected PUBLIC KEY or CERTIFICATE',
  ],
  ['two public keys in one PEM', pem + spki(rsa), 'holds 2 public keys: send one of them'],
  [
    'public keys of several forms, also one that was cut off',
    `${String(rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }))}${pem}-----BEGIN PUBLIC KEY-----\n`,
    'holds 3 public keys: send one of them',
  ],
  ['a private PEM', pkcs8, 'is a private key'],
  ['a private PEM of \\n as text', pkcs8.replaceAll('\n', '\\n'), 'is a private key'],
  ['a private PEM on one line', pkcs8.replaceAll('\n', ' '), 'is a private key'],
  ['a private PEM behind a public one', pem + pkcs8, 'is a private key'],
  ['a private OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', 'is a private key'],
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'].map(
    (name): [string, Record<string, unknown>, string] => [
      `the private member ${name}`,
      { ...jwkOf(rsa), [name]: 'hidden' },
      `publicKey.${name} belongs to a private key: send only the public half`,
    ],
  ),
])('refuses %s, says what it is, and nothing of what it holds', (_kind, given, words) => {
  const refusal = refusalOf(given)
  const { field, message } = say(miaWords, refusal)
  expect([field, message]).toEqual(['publicKey', expect.stringContaining(words)])
  const told = `${refusal.message}${message}${String(refusal.cause)}`
  const held = pkcs8.split('\n').filter((line) => /^[\w+/=]{8,}$/.test(line))
  for (const secret of [...held, 'hidden']) expect(told).not.toContain(secret)
})

test.each([
  ['a certificate', cert],
  ['a certificate below words about private things', `friendlyName: PRIVATE KEY of us\n${cert}`],
  ['certificates of a chain, the first of which is its own', `${cert}${localCertificate().cert}`],
  ['PEM with its certificate', `${pem}${cert}`],
  ['PEM with a byte order mark', `\ufeff${pem}`],
  ['PEM with carriage returns', pem.replaceAll('\n', '\r\n')],
  ['PEM with words around it', `Our key:\n${pem}\nThat was our key.`],
])('takes %s', (_kind, given) => {
  expect(readPublicKey(given)).toMatchObject({ kty: 'EC', crv: 'P-256' })
})
