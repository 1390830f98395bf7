import { createHmac, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Issuer } from '../../src/domain/issuers/issuer.ts'
import { type IssuerKey, issuerKeyReader } from '../../src/http/issuer-keys.ts'
import { personTokens } from '../../src/http/person-tokens.ts'
import { type PublishedKeys, publishedKeys } from '../../src/http/published-keys.ts'
import { sampleIssuer } from '../domain/samples.ts'
import {
  claimsOfAda,
  jwt,
  newKey,
  openTestIssuer,
  signerOf,
  type TestIssuer,
} from '../support/issuer.ts'

const own = 'https://own.example'
const toleranceSeconds = 10
const now = Math.floor(Date.now() / 1000)
const rsa = newKey('RS256')
const elliptic = newKey()

let issuer: TestIssuer
let trusted: Issuer | undefined
let keys: PublishedKeys<IssuerKey>

beforeAll(async () => {
  issuer = await openTestIssuer()
})
afterAll(async () => await issuer.close())

beforeEach(() => {
  issuer.keys = [elliptic, rsa]
  const groups = { groupsClaim: 'groups', companies: ['company'] }
  trusted = sampleIssuer({ issuer: issuer.url, allowInsecure: true, ...groups })
  keys = openKeys()
})

/** What the issuer publishes, of which nothing is known yet. */
function openKeys(): PublishedKeys<IssuerKey> {
  const rules = {
    allowPrivateAddresses: false,
    allowPlainLoopback: true,
    timeoutSeconds: 5,
    now: Date.now,
  }
  return publishedKeys({
    read: issuerKeyReader(rules),
    graceSeconds: 600,
    now: Date.now,
    onFailure: () => undefined,
    onSkipped: () => undefined,
  })
}

const verify = (token: string) =>
  personTokens({
    own,
    trusted: (url) => (url === trusted?.issuer ? trusted : undefined),
    keysOf: () => keys,
    now: () => now * 1000,
    toleranceSeconds,
  })(token)

/** Why a token is refused; nothing when it is good. */
async function why(token: string): Promise<string | undefined> {
  const verdict = await verify(token)
  return verdict.ok ? undefined : verdict.why
}

/** Why a token with these claims is refused. */
const whyWith = (claims: object, header: object = {}) =>
  why(issuer.token({ ...claimsOfAda(issuer.url, now * 1000), ...claims }, { ...header }))

describe('a token of a trusted issuer', () => {
  test('says who somebody is', async () => {
    const claims = { email: 'ada@people.example', email_verified: true, groups: ['one', 'two'] }
    expect(await verify(issuer.token(claims))).toEqual({
      ok: true,
      person: {
        issuer: issuer.url,
        subject: 'ada',
        name: 'Ada',
        email: 'ada@people.example',
        emailVerified: true,
        groups: ['one', 'two'],
        companies: ['company'],
      },
    })
  })

  test.each(['ES256', 'ES384', 'EdDSA', 'RS256'] as const)('may be signed by %s', async (alg) => {
    issuer.keys = [newKey(alg)]
    expect(await whyWith({})).toBeUndefined()
  })

  test.each(['JWT', 'at+jwt', 'application/at+jwt', 'application/JWT'])(
    'may call itself %s',
    async (typ) => expect(await whyWith({}, { typ })).toBeUndefined(),
  )

  test('needs no kid while one key alone fits', async () => {
    expect(await whyWith({}, { kid: undefined })).toBeUndefined()
    issuer.keys = [elliptic, newKey()]
    keys = openKeys()
    expect(await whyWith({}, { kid: undefined })).toBe('unknown_key')
  })

  test('may be one of several audiences', async () => {
    expect(await whyWith({ aud: ['other', 'ostiary'] })).toBeUndefined()
  })

  test('is good by clocks that differ within the tolerance', async () => {
    expect(await whyWith({ iat: now + 9 })).toBeUndefined()
    expect(await whyWith({ iat: now - 60, exp: now - 9 })).toBeUndefined()
  })

  test.each<readonly [string, string, object, object]>([
    ['of another issuer', 'unknown_issuer', { iss: 'https://other.example' }, {}],
    ['whose issuer differs by a slash', 'unknown_issuer', { iss: `${'x'}/` }, {}],
    ['of no issuer', 'unknown_issuer', { iss: undefined }, {}],
    ['that claims to be ours', 'own_issuer', { iss: own }, {}],
    ['for another audience', 'wrong_audience', { aud: 'other' }, {}],
    ['for no audience', 'wrong_audience', { aud: undefined }, {}],
    ['for every audience', 'wrong_audience', { aud: ['*'] }, {}],
    ['that is over', 'expired', { iat: now - 60, exp: now - 10 }, {}],
    ['that ends before it begins', 'expired', { iat: now + 5, exp: now + 5 }, {}],
    ['that ends before it is good', 'expired', { nbf: now + 305 }, {}],
    ['made in the future', 'not_yet_valid', { iat: now + 11 }, {}],
    ['that is not good yet', 'not_yet_valid', { nbf: now + 11 }, {}],
    ['without an end', 'missing_claim', { exp: undefined }, {}],
    ['without its beginning', 'missing_claim', { iat: undefined }, {}],
    ['whose end is a text', 'missing_claim', { exp: String(now + 300) }, {}],
    ['whose nbf is no time', 'missing_claim', { nbf: null }, {}],
    ['signed by nothing', 'wrong_algorithm', {}, { alg: 'none' }],
    ['signed by a shared secret', 'wrong_algorithm', {}, { alg: 'HS256' }],
    ['signed by what every object has', 'wrong_algorithm', {}, { alg: 'constructor' }],
    ['for a login of a client', 'wrong_type', {}, { typ: 'client-authentication+jwt' }],
    ['that ends a session', 'wrong_type', {}, { typ: 'logout+jwt' }],
    ['with an extension', 'malformed', {}, { crit: ['x'], x: 1 }],
    ['whose payload is not encoded', 'malformed', {}, { b64: false, crit: ['b64'] }],
    ['whose kid is no text', 'malformed', {}, { kid: 1 }],
    ['of a key that is not known', 'unknown_key', {}, { kid: 'other' }],
    ['that names the key of another algorithm', 'unknown_key', {}, { kid: rsa.kid }],
    ['of nobody', 'bad_subject', { sub: undefined }, {}],
    ['of a blank', 'bad_subject', { sub: ' ' }, {}],
    ['of a number', 'bad_subject', { sub: 1 }, {}],
    ['of somebody with a line break', 'bad_subject', { sub: 'a\nb' }, {}],
    ['of a very long name', 'bad_subject', { sub: 'x'.repeat(257) }, {}],
    ['with groups that are no texts', 'bad_groups', { groups: ['a', 1] }, {}],
    ['with groups within groups', 'bad_groups', { groups: [['a']] }, {}],
    ['with an empty group', 'bad_groups', { groups: [''] }, {}],
    ['with a very long group', 'bad_groups', { groups: ['x'.repeat(257)] }, {}],
    ['with too many groups', 'too_many_groups', { groups: Array(1001).fill('g') }, {}],
    ['with groups elsewhere', 'groups_elsewhere', { _claim_names: { groups: 'src1' } }, {}],
    ['of 10,000 groups', 'too_long', { groups: Array(10_000).fill('g') }, {}],
  ])('is refused %s', async (_what, expected, claims, header) => {
    expect(await whyWith(claims, header)).toBe(expected)
  })

  test.each(['', 'a', 'a.b', 'a.b.c', 'a.b.c.d', '..', '{}.{}.x'])(
    'is refused that is none: %j',
    async (token) => expect(await why(token)).toBe('malformed'),
  )

  test('is refused when it is nested deeper than anything needs to be', async () => {
    const deep = JSON.parse('['.repeat(60) + ']'.repeat(60))
    expect(await whyWith({ x: deep })).toBe('malformed')
  })

  test('is refused when its public key was taken for a shared secret', async () => {
    const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const signer = (data: Buffer) => createHmac('sha256', pem).update(data).digest()
    const claims = claimsOfAda(issuer.url, now * 1000)
    expect(await why(jwt({ alg: 'HS256', kid: rsa.kid }, claims, signer))).toBe('wrong_algorithm')
  })

  test('is refused with a signature of another key, or of none', async () => {
    const claims = claimsOfAda(issuer.url, now * 1000)
    const header = { alg: 'ES256', kid: elliptic.kid }
    expect(await why(jwt(header, claims, signerOf(newKey())))).toBe('bad_signature')
    expect(await why(jwt(header, claims, () => Buffer.alloc(64)))).toBe('bad_signature')
    const good = jwt(header, claims, signerOf(elliptic))
    const [first, , last] = good.split('.')
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'grace' })).toString('base64url')
    expect(await why(`${first}.${other}.${last}`)).toBe('bad_signature')
  })

  test('is refused when its key is published for another algorithm', async () => {
    issuer.keys = [newKey('RS256', { alg: 'RS512' })]
    expect(await whyWith({})).toBe('unknown_key')
    issuer.keys = [newKey('EdDSA', { alg: 'Ed25519' })]
    keys = openKeys()
    expect(await whyWith({})).toBeUndefined()
  })

  test('is refused with an RSA signature by another padding than its header says', async () => {
    const signer = (data: Buffer) => sign('sha256', data, rsa.privateKey)
    const claims = claimsOfAda(issuer.url, now * 1000)
    expect(await why(jwt({ alg: 'PS256', kid: rsa.kid }, claims, signer))).toBe('bad_signature')
    expect(await why(jwt({ alg: 'RS256', kid: rsa.kid }, claims, signer))).toBeUndefined()
  })

  test('fetches nothing when it cannot be good', async () => {
    issuer.asked.length = 0
    for (const claims of [{ aud: 'other' }, { exp: now - 60, iat: now - 90 }, { iss: 'x' }]) {
      await whyWith(claims)
    }
    await whyWith({}, { alg: 'HS256' })
    expect(issuer.asked).toEqual([])
  })

  test('is refused when its issuer ends while its keys are awaited', async () => {
    const answer = Promise.withResolvers<void>()
    issuer.answers.set('/keys', (response) => {
      trusted = undefined
      response.end(JSON.stringify({ keys: [elliptic.jwk] }))
      answer.resolve()
    })
    const verdict = whyWith({})
    await answer.promise
    expect(await verdict).toBe('unknown_issuer')
    issuer.answers.clear()
  })
})

describe('a person', () => {
  const person = async (claims: object) => {
    const verdict = await verify(issuer.token({ ...claims }))
    return verdict.ok ? verdict.person : undefined
  }

  test.each([undefined, '', 1, 'x'.repeat(257), 'turned \u202e'])(
    'is called by their subject when their name cannot be shown: %j',
    async (name) => expect(await person({ name })).toMatchObject({ subject: 'ada', name: 'ada' }),
  )

  test.each(['no address', 'a@b@c', 1, 'a\n@b', `${'x'.repeat(251)}@b.c`])(
    'has no mail address that is none: %j',
    async (email) => {
      const read = await person({ email, email_verified: true })
      expect(read).not.toHaveProperty('email')
      expect(read?.emailVerified).toBe(false)
    },
  )

  test.each([undefined, false, 'true', 1])(
    'has an address that nobody vouches for with email_verified %j',
    async (email_verified) => {
      const email = 'ada@people.example'
      expect(await person({ email, email_verified })).toMatchObject({ email, emailVerified: false })
    },
  )

  test('has no address that is vouched for by a word about another', async () => {
    trusted = { ...sampleIssuer({ issuer: issuer.url }), emailClaim: 'upn' }
    const claims = { upn: 'root@people.example', email: 'ada@people.example', email_verified: true }
    expect(await person(claims)).toMatchObject({ email: claims.upn, emailVerified: false })
  })

  test('has one group that is a text, no group twice, and none unless they are asked for', async () => {
    expect((await person({ groups: 'one' }))?.groups).toEqual(['one'])
    expect((await person({ groups: ['one', 'one'] }))?.groups).toEqual(['one'])
    const thousand = Array.from({ length: 1000 }, (_, n) => String(n))
    expect((await person({ groups: thousand }))?.groups).toEqual(thousand)
    trusted = sampleIssuer({ issuer: issuer.url })
    expect((await person({ groups: ['one'] }))?.groups).toEqual([])
  })

  test('is named by the claim that the issuer was trusted with', async () => {
    trusted = sampleIssuer({ issuer: issuer.url, personClaim: 'oid' })
    expect(await person({ oid: 'o1' })).toMatchObject({ subject: 'o1' })
    expect(await person({ __proto__: { oid: 'o1' } })).toBeUndefined()
  })
})
