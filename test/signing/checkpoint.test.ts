import { expect, test } from '@jest/globals'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { keyRecipes, SigningAlgorithm } from '../../src/signing/algorithms.ts'
import { proveCheckpoint, readCheckpoint, signCheckpoint } from '../../src/signing/checkpoint.ts'
import { verifyJwt } from '../../src/signing/jwt.ts'
import { publishedKeys } from '../../src/signing/key-sets.ts'
import { openKeyring } from '../../src/signing/keyring.ts'
import { keysFolder } from './folder.ts'

const checkpoint = { entry: 200, hash: 'hash', at: 1_900_000_000_000 }
const now = () => Date.UTC(2027, 0, 1)
const rules = { issuer: 'https://id.example', now, toleranceSeconds: 10 }

async function ringOf(alg: SigningAlgorithm = 'ES256') {
  return await openKeyring({ ...(await keysFolder()).options, alg })
}

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] satisfies (keyof typeof keyRecipes)[])(
  'a checkpoint that was signed with %s is proven by the published keys, and by any JWS library',
  async (alg) => {
    const ring = await ringOf(alg)
    const jws = await signCheckpoint(ring.current, checkpoint)
    const proof = { ok: true, kid: ring.current.kid, checkpoint }
    expect(proveCheckpoint(jws, publishedKeys([{ keys: ring.published }]))).toEqual(proof)
    expect(readCheckpoint(jws)).toMatchObject({ ok: true, checkpoint })
    const keys = createLocalJWKSet({ keys: ring.published.map((key) => ({ ...key })) })
    const verified = await compactVerify(jws, keys)
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(checkpoint)
  },
)

test('a checkpoint is never taken for a token', async () => {
  const ring = await ringOf()
  const jws = await signCheckpoint(ring.current, checkpoint)
  const asToken = verifyJwt(jws, ring, { ...rules, typ: ['at+jwt', 'JWT'] })
  expect(asToken).toEqual({ ok: false, why: 'wrong_type' })
  const lax = verifyJwt(jws, ring, { ...rules, typ: [String(decodeProtectedHeader(jws).typ)] })
  expect(lax.ok).toBe(false)
  const keys = createLocalJWKSet({ keys: ring.published.map((key) => ({ ...key })) })
  const byOthers = { issuer: rules.issuer, requiredClaims: ['exp', 'aud'] }
  await expect(jwtVerify(jws, keys, byOthers)).rejects.toThrow()
})

test('a token is never taken for a checkpoint, whatever it claims', async () => {
  const { current, published } = await ringOf()
  for (const typ of ['at+jwt', 'JWT', undefined]) {
    const parts = [{ alg: current.alg, kid: current.kid, typ }, checkpoint]
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    const signature = Buffer.from(await current.sign(Buffer.from(text.join('.'))))
    const token = [...text, signature.toString('base64url')].join('.')
    const proof = proveCheckpoint(token, publishedKeys([{ keys: published }]))
    expect(proof).toMatchObject({ ok: false, why: 'forged' })
  }
})

test('a checkpoint of another key is told from one that nobody signed', async () => {
  const [ring, other] = [await ringOf(), await ringOf()]
  const jws = await signCheckpoint(other.current, checkpoint)
  const { kid } = other.current
  const keys = publishedKeys([{ keys: ring.published }])
  expect(proveCheckpoint(jws, keys)).toEqual({ ok: false, kid, why: 'unknown_key' })
  const kept = publishedKeys([{ keys: ring.published }, { keys: other.published }])
  expect(proveCheckpoint(jws, kept)).toMatchObject({ ok: true })
  const forged = await signCheckpoint({ ...ring.current, kid }, checkpoint)
  expect(proveCheckpoint(forged, kept)).toMatchObject({ ok: false, why: 'forged' })
})

test('a set of keys is read as far as it is understood', async () => {
  const ring = await ringOf()
  const odd = [
    null,
    'x',
    {},
    { kty: 'oct', k: 'x', kid: 'o', alg: 'HS256' },
    { kid: 'n', alg: 'RS256' },
  ]
  const keys = publishedKeys([{ keys: [...odd, ...ring.published] }])
  expect(keys.verificationKey(ring.current.kid)?.alg).toBe('ES256')
  expect([keys.verificationKey('o'), keys.verificationKey('n')]).toEqual([undefined, undefined])
  for (const set of [null, [], {}, { keys: {} }]) expect(() => publishedKeys([set])).toThrow('keys')
})
