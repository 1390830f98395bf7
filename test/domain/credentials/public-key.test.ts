import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { calculateJwkThumbprint } from 'jose'
import { miaWords } from '../../../src/api/mia/problems.ts'
import { readPublicKey } from '../../../src/domain/credentials/public-key.ts'
import { isProblem } from '../../../src/domain/problem.ts'
import { say } from '../../../src/http/problems.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
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

test.each([
  ['a private key', () => rsa.privateKey.export({ format: 'jwk' })],
  ['a private PEM', () => String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }))],
  ['operators', () => ({ kty: { $ne: 'RSA' }, n: { $gt: '' } })],
  ['nothing', () => ({})],
  ['a huge modulus', () => ({ kty: 'RSA', n: 'A'.repeat(8000), e: 'AQAB' })],
])('refuses %s, and says nothing of what it holds', (_, given) => {
  let refusal: unknown
  try {
    readPublicKey(given())
  } catch (error) {
    refusal = error
  }
  if (!isProblem(refusal, 'key.invalid')) throw new Error(`not refused: ${String(refusal)}`)
  expect(say(miaWords, refusal).field).toBe('publicKey')
  const { d = 'nothing' } = rsa.privateKey.export({ format: 'jwk' })
  expect(refusal.message + say(miaWords, refusal).message).not.toContain(d)
})
