import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { mostKeys, readKeySet } from '../../../src/domain/credentials/key-set.ts'
import { readPublicKey } from '../../../src/domain/credentials/public-key.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'

const rsa = rsaPair('owner')
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const ed = generateKeyPairSync('ed25519')
const jwk = (key: KeyObject, own: object = {}) => ({ ...key.export({ format: 'jwk' }), ...own })

const good = jwk(ec.publicKey, { kid: 'good' })
const deep = JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`)

const read = (...keys: unknown[]) => {
  const set = readKeySet(JSON.stringify({ keys }))
  if (!set.ok) throw new Error(set.why)
  return set
}

describe('a key set', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'no_object'],
    ['a text', 'key', 'no_object'],
    ['a list', [good], 'no_object'],
    ['lists in lists', deep, 'no_object'],
    ['a number', 1, 'no_object'],
    ['an empty object', {}, 'type'],
    ['a key without kty', { ...good, kty: undefined }, 'type'],
    ['a shared secret', { kty: 'oct', k: 'AAAA', kid: 'good' }, 'private_member'],
    ['a shared secret without its value', { kty: 'oct', kid: 'good' }, 'type'],
    ['RSA without n', jwk(rsa.publicKey, { n: undefined }), 'member'],
    ['RSA with e as a number', jwk(rsa.publicKey, { e: 65537 }), 'member'],
    ['RSA with the exponent 1', jwk(rsa.publicKey, { e: 'AQ' }), 'exponent'],
    [
      'RSA with a long exponent',
      jwk(rsa.publicKey, { e: rsa.publicKey.export({ format: 'jwk' }).n }),
      'exponent',
    ],
    ['RSA with 1024 bits', jwk(weak.publicKey), 'modulus'],
    ['a private key', jwk(ec.privateKey, { kid: 'private' }), 'private_member'],
    ['another curve', jwk(p384.publicKey), 'curve'],
    ['a kid that is a number', { ...good, kid: 1 }, 'kid'],
    ['a kid in a list', { ...good, kid: ['good'] }, 'kid'],
    ['a kid with a line break', { ...good, kid: 'go\nod' }, 'kid'],
    ['a kid of half a character', { ...good, kid: 'good\ud800' }, 'kid'],
    ['an empty use', { ...good, use: '' }, 'use'],
    ['a key for encryption', { ...good, use: 'enc' }, 'use'],
    ['operations without verify', { ...good, key_ops: ['sign'] }, 'operations'],
    ['another algorithm', { ...good, alg: 'ECDH-ES' }, 'algorithm'],
    ['an algorithm that is a list', { ...good, alg: ['ES256'] }, 'algorithm'],
    ['a point that is on no curve', { ...good, y: good.x }, 'no_jwk'],
    ['certificates alone', { kty: 'EC', crv: 'P-256', x5c: ['MIIB'] }, 'certificates_alone'],
    ['a set', { keys: [good] }, 'key_set'],
  ])('skips %s, and reads what is before and behind it', (_kind, bad, fault) => {
    const other = jwk(ed.publicKey, { kid: 'other' })
    const { keys, skipped } = read(good, bad, other)
    expect(keys.map(({ kid }) => kid)).toEqual(['good', 'other'])
    expect(skipped).toEqual([{ at: 1, fault: expect.objectContaining({ fault }) }])
  })

  test('reads keys as registration does', () => {
    for (const given of [good, jwk(rsa.publicKey, { alg: 'RSA256' }), jwk(ed.publicKey)]) {
      expect(read({ ...given, x5t: 'x', note: 1 }).keys).toEqual([readPublicKey({ ...given })])
    }
  })

  test('takes the first of two keys of a type that share a kid, of two types both', () => {
    const second = jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, {
      kid: 'good',
    })
    const { keys, skipped } = read(good, second, jwk(rsa.publicKey, { kid: 'good' }))
    expect(keys.map(({ kty }) => kty)).toEqual(['EC', 'RSA'])
    expect(keys[0]).toMatchObject({ x: good.x })
    expect(skipped).toEqual([{ at: 1, fault: { fault: 'kid_twice' } }])
  })

  test('may be empty, and may have twenty keys, of whatever kind, but no more', () => {
    expect(read().keys).toEqual([])
    expect(read(...Array(mostKeys).fill(null)).skipped).toHaveLength(mostKeys)
    const more = readKeySet(JSON.stringify({ keys: [good, ...Array(mostKeys).fill(null)] }))
    expect(more).toEqual({ ok: false, why: 'has 21 keys, expected at most 20' })
  })

  test.each([
    ['', 'is no JSON'],
    ['{"keys":[', 'is no JSON'],
    ['null', 'has no member keys'],
    ['"keys"', 'has no member keys'],
    ['[{"keys":[]}]', 'has no member keys'],
    ['{}', 'has no member keys'],
    ['{"keys":{"0":{}}}', 'has no member keys'],
    ['{"keys":null}', 'has no member keys'],
    ['{"Keys":[]}', 'has no member keys'],
    [`{"keys":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'has more than 32 levels'],
  ])('is not %j', (text, why) => {
    expect(readKeySet(text)).toEqual({ ok: false, why: expect.stringContaining(why) })
  })
})
