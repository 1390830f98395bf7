import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { isJwsAlgorithm, keyRecipes, type SigningAlgorithm } from '../../src/signing/algorithms.ts'
import { verifyJwt } from '../../src/signing/jwt.ts'
import { type Keyring, openKeyring } from '../../src/signing/keyring.ts'
import { keysFolder } from './folder.ts'

const issuer = 'https://id.example'
const at = Date.UTC(2027, 0, 1) / 1000
const rules = { issuer, now: () => at * 1000, toleranceSeconds: 10 }
const claims = {
  iss: issuer,
  sub: 'client',
  client_id: 'client',
  jti: '1',
  aud: 'api',
  iat: at,
  exp: at + 60,
}
const algorithms: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'RS256-4096']

const encode = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

async function tokenOf(ring: Keyring, payload: object | string = claims, header: object = {}) {
  const { kid, alg } = ring.current
  const signed = `${encode({ alg, typ: 'at+jwt', kid, ...header })}.${encode(payload)}`
  return `${signed}.${(await ring.current.sign(Buffer.from(signed))).toString('base64url')}`
}

async function ringOf(alg: SigningAlgorithm = 'ES256') {
  const folder = await keysFolder()
  return await openKeyring({ ...folder.options, alg })
}

const why = (token: string, ring: Keyring, over: object = {}) => {
  const verified = verifyJwt(token, ring, { ...rules, ...over })
  return verified.ok ? 'accepted' : verified.why
}

test('a token that nests thousands of lists is malformed, as are its like', async () => {
  const ring = await ringOf()
  const deep = `{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const [header = '', payload = '', signature = ''] = (await tokenOf(ring)).split('.')
  expect(why(`${encode(deep)}.${payload}.${signature}`, ring)).toBe('malformed')
  expect(why(await tokenOf(ring, deep), ring)).toBe('malformed')
  expect(why(`${header}.${payload}.${signature}`, ring)).toBe('accepted')
})

describe.each(algorithms)('a token signed by %s', (alg) => {
  test('verifies with jose through the published keys', async () => {
    const ring = await ringOf(alg)
    const keys = createLocalJWKSet({ keys: ring.published.map((key) => ({ ...key })) })
    const options = { issuer, typ: 'at+jwt', currentDate: new Date(at * 1000) }
    const { payload, protectedHeader } = await jwtVerify(await tokenOf(ring), keys, options)
    expect(payload).toEqual(claims)
    expect(protectedHeader.alg).toBe(keyRecipes[alg].alg)
  })

  test('verifies by the key that signed it', async () => {
    const ring = await ringOf(alg)
    expect(verifyJwt(await tokenOf(ring), ring, rules)).toEqual({ ok: true, claims })
  })

  test('is refused when its payload or its signature was changed', async () => {
    const ring = await ringOf(alg)
    const [header = '', payload = '', signature = ''] = (await tokenOf(ring)).split('.')
    const other = encode({ ...claims, sub: 'other' })
    expect(why(`${header}.${other}.${signature}`, ring)).toBe('bad_signature')
    const zeros = Buffer.alloc(Buffer.from(signature, 'base64url').length).toString('base64url')
    expect(why(`${header}.${payload}.${zeros}`, ring)).toBe('bad_signature')
    for (const short of ['AAAA', signature.slice(0, 40), `${signature.slice(0, 40)}${signature}`]) {
      expect(['bad_signature', 'malformed']).toContain(why(`${header}.${payload}.${short}`, ring))
    }
  })
})

describe('a token is refused', () => {
  test('by every algorithm but that of its key (RFC 8725 §3.1)', async () => {
    const ring = await ringOf()
    for (const alg of ['none', 'HS256', 'RS256', 'PS256', 'ES384', 'EdDSA', 'es256', '']) {
      expect(why(await tokenOf(ring, claims, { alg }), ring)).toBe('wrong_algorithm')
    }
    expect(why(await tokenOf(ring, claims, { alg: ['ES256'] }), ring)).toBe('malformed')
    expect(why(await tokenOf(ring, claims, { alg: undefined }), ring)).toBe('malformed')
  })

  test('when it is signed by HMAC under our public key', async () => {
    const ring = await ringOf('RS256')
    const pem = ring.current.publicKey.export({ format: 'pem', type: 'spki' })
    const { kid } = ring.current
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(claims)}`
    const mac = createHmac('sha256', pem).update(signed).digest('base64url')
    expect(why(`${signed}.${mac}`, ring)).toBe('wrong_algorithm')
  })

  test('when another key signed it under our kid, even one that the header brings', async () => {
    const ring = await ringOf()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = publicKey.export({ format: 'jwk' })
    const header = { alg: 'ES256', typ: 'at+jwt', kid: ring.current.kid, jwk }
    const signed = `${encode(header)}.${encode(claims)}`
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signature = signBytes('sha256', Buffer.from(signed), key).toString('base64url')
    expect(why(`${signed}.${signature}`, ring)).toBe('bad_signature')
  })

  test('when its key has become another one of the same name, though it was accepted before', async () => {
    const [ring, other] = [await ringOf(), await ringOf()]
    const token = await tokenOf(ring)
    expect([why(token, ring), why(token, ring)]).toEqual(['accepted', 'accepted'])
    const renamed = { verificationKey: () => other.verificationKey(other.current.kid) }
    expect(verifyJwt(token, renamed, rules)).toEqual({ ok: false, why: 'bad_signature' })
    expect(why(token, ring)).toBe('accepted')
  })

  test('when its signature is in the form of TLS (RFC 7518 §3.4)', async () => {
    const ring = await ringOf()
    const [header, payload, last = ''] = (await tokenOf(ring)).split('.')
    const raw = Buffer.from(last, 'base64url')
    const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), bytes])
    const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
    const der = Buffer.concat([Buffer.from([0x30, body.length]), body]).toString('base64url')
    expect(why(`${header}.${payload}.${der}`, ring)).toBe('bad_signature')
  })

  test('when its key is unknown', async () => {
    const ring = await ringOf()
    const other = await ringOf()
    expect(why(await tokenOf(other), ring)).toBe('unknown_key')
    for (const kid of ['', '__proto__', 'constructor', '../../etc/passwd']) {
      expect(why(await tokenOf(ring, claims, { kid }), ring)).toBe('unknown_key')
    }
    for (const kid of [undefined, 1, null, {}]) {
      expect(why(await tokenOf(ring, claims, { kid }), ring)).toBe('malformed')
    }
  })

  test('when it demands an extension (RFC 7515 §4.1.11)', async () => {
    const ring = await ringOf()
    for (const crit of [['exp'], ['b64'], [], null]) {
      expect(why(await tokenOf(ring, claims, { crit }), ring)).toBe('malformed')
    }
  })

  test('unless its type is an accepted one (RFC 9068 §4)', async () => {
    const ring = await ringOf()
    for (const typ of ['JWT', 'id_token+jwt', 'at', '', undefined, 1, 'application/x/at+jwt']) {
      expect(why(await tokenOf(ring, claims, { typ }), ring)).toBe('wrong_type')
    }
    for (const typ of ['AT+JWT', 'application/at+jwt', 'Application/At+Jwt']) {
      expect(why(await tokenOf(ring, claims, { typ }), ring)).toBe('accepted')
    }
    const jwt = await tokenOf(ring, claims, { typ: 'JWT' })
    expect(why(jwt, ring, { typ: ['at+jwt', 'JWT'] })).toBe('accepted')
  })

  test('when it is not exactly three parts of base64url', async () => {
    const ring = await ringOf()
    const token = await tokenOf(ring)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const spellings = [
      '',
      '.',
      '..',
      header,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${token}.`,
      `${token}.AAAA`,
      `.${payload}.${signature}`,
      `${token}=`,
      `${token} `,
      ` ${token}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${signature.slice(0, 20)}\n${signature.slice(20)}`,
      `${encode('"text"')}.${payload}.${signature}`,
      `${encode('[]')}.${payload}.${signature}`,
      `${encode('null')}.${payload}.${signature}`,
      `${encode('{')}.${payload}.${signature}`,
    ]
    for (const spelling of spellings) expect(why(spelling, ring)).toBe('malformed')
  })

  test('in every other spelling of the same bytes', async () => {
    const ring = await ringOf()
    const token = await tokenOf(ring)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 64 bytes leave four bits of the last character unused.
    const last = alphabet.indexOf(token.at(-1) ?? '')
    const stray = `${token.slice(0, -1)}${alphabet[last + 1]}`
    expect(Buffer.from(stray, 'base64url')).toEqual(Buffer.from(token, 'base64url'))
    expect(why(stray, ring)).toBe('malformed')
    const [header = '', payload = '', signature = ''] = token.split('.')
    const wide = String.fromCharCode((payload.codePointAt(0) ?? 0) + 0x100)
    expect(why(`${header}.${wide}${payload.slice(1)}.${signature}`, ring)).not.toBe('accepted')
  })

  test('when it is longer than 16 kB', async () => {
    const ring = await ringOf()
    const pad = 'x'.repeat(16 * 1024)
    expect(why(await tokenOf(ring, { ...claims, pad }), ring)).toBe('malformed')
    const most = 'x'.repeat(11 * 1024)
    expect(why(await tokenOf(ring, { ...claims, most }), ring)).toBe('accepted')
  })

  test('when its payload is no object', async () => {
    const ring = await ringOf()
    for (const payload of ['[]', '"text"', 'null', '1', '{', '']) {
      expect(why(await tokenOf(ring, payload), ring)).toBe('malformed')
    }
  })

  test('when it has another issuer', async () => {
    const ring = await ringOf()
    for (const iss of [`${issuer}/`, 'https://evil.example', undefined, [issuer]]) {
      expect(why(await tokenOf(ring, { ...claims, iss }), ring)).toBe('wrong_issuer')
    }
  })

  test('when a claim that all our tokens have is missing', async () => {
    const ring = await ringOf()
    for (const name of ['sub', 'jti', 'exp', 'iat']) {
      expect(why(await tokenOf(ring, { ...claims, [name]: undefined }), ring)).toBe('missing_claim')
      expect(why(await tokenOf(ring, { ...claims, [name]: [] }), ring)).toBe('missing_claim')
    }
    for (const value of ['1', null, '2099-01-01']) {
      expect(why(await tokenOf(ring, { ...claims, exp: value }), ring)).toBe('missing_claim')
      expect(why(await tokenOf(ring, { ...claims, nbf: value }), ring)).toBe('missing_claim')
    }
    const endless = JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999')
    expect(why(await tokenOf(ring, endless), ring)).toBe('missing_claim')
  })

  test('from the second on in which it expires', async () => {
    const ring = await ringOf()
    expect(why(await tokenOf(ring, { ...claims, exp: at + 1 }), ring)).toBe('accepted')
    expect(why(await tokenOf(ring, { ...claims, exp: at }), ring)).toBe('expired')
    expect(why(await tokenOf(ring, { ...claims, exp: -1 }), ring)).toBe('expired')
  })

  test('before its time, but for the tolerance', async () => {
    const ring = await ringOf()
    const times = { exp: at + 100 }
    for (const name of ['iat', 'nbf']) {
      const early = { ...claims, ...times, [name]: at + 11 }
      expect(why(await tokenOf(ring, early), ring)).toBe('not_yet_valid')
      const tolerated = { ...claims, ...times, [name]: at + 10 }
      expect(why(await tokenOf(ring, tolerated), ring)).toBe('accepted')
    }
  })
})

test('every configurable algorithm has a scheme to sign with', () => {
  for (const { alg } of Object.values(keyRecipes)) expect(isJwsAlgorithm(alg)).toBe(true)
})
