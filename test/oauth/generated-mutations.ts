import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { hs256, signers } from '../e2e/support/assertions.ts'
import { rsaPair } from '../support/rsa-pairs.ts'
import { issuer } from './endpoints.ts'
import { formMutations } from './generated-form-mutations.ts'
import { type Draft, type Mutation, set } from './generated-requests.ts'
import type { Random } from './seeded.ts'

const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const thiefRsa = rsaPair('thief')
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'RS512', 'ES384'] as const
const strange = [null, '', 0, 1, true, [], {}, ['x'], 'x', -1, 1.5, 1e308, '__proto__'] as const
const names = ['iss', 'sub', 'aud', 'jti', 'iat', 'exp', 'nbf', 'x'] as const
const now = () => Math.floor(Date.now() / 1000)

const claim =
  (name: string, value: (random: Random) => unknown): Mutation =>
  (draft, random) => {
    draft.claims[name] = value(random)
  }
const member =
  (name: string, value: (random: Random) => unknown): Mutation =>
  (draft, random) => {
    draft.header[name] = value(random)
  }
const bend =
  (change: (parts: string[], random: Random) => void): Mutation =>
  (draft, random) => {
    draft.bend = (assertion) => {
      const parts = assertion.split('.')
      change(parts, random)
      return parts.join('.')
    }
  }
const rewritten = (which: number, change: (text: string) => string) =>
  bend((parts) => {
    parts[which] = change(parts[which] ?? '')
  })
/** Puts a character into a part of an assertion. */
const inserted = (text: string) =>
  bend((parts, random) => {
    const which = random.below(parts.length)
    const at = random.below((parts[which] ?? '').length + 1)
    parts[which] = `${parts[which]?.slice(0, at)}${text}${parts[which]?.slice(at)}`
  })

const der = (key: KeyObject) => (data: string) =>
  sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', Buffer.from(data), key)
const pss = (key: KeyObject, saltLength: number) => (data: string) =>
  key.asymmetricKeyType === 'rsa'
    ? sign('sha256', Buffer.from(data), {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength,
      })
    : der(key)(data)

const json = (members: object) => JSON.stringify(members)
const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`
const nothing: Mutation = () => undefined
const both: Mutation = ({ header }) => {
  header['crit'] = ['b64']
  header['b64'] = true
}

function nested(levels: number): unknown {
  return levels === 0 ? 'x' : { x: nested(levels - 1) }
}

const ofClaims: readonly [string, Mutation][] = [
  ['a claim left out', (d, r) => claim(r.pick(names), () => undefined)(d, r, [])],
  ['a strange claim', (d, r) => claim(r.pick(names), () => r.pick(strange))(d, r, [])],
  ['aud of the console', claim('aud', () => 'console-client-credentials')],
  ['aud in a list', claim('aud', () => [issuer])],
  ['aud in a list of two', claim('aud', () => [issuer, issuer])],
  ['aud with a slash', claim('aud', () => `${issuer}/`)],
  ['aud of the endpoint', claim('aud', () => `${issuer}/api/m2m/oauth/token`)],
  ['exp just over', claim('exp', () => now() - 5)],
  ['exp over', claim('exp', () => now() - 60)],
  ['exp far off', claim('exp', () => now() + 100_000)],
  ['exp with a fraction', claim('exp', () => now() + 60.5)],
  ['exp at iat', (d) => void Object.assign(d.claims, { iat: now(), exp: now() })],
  ['exp before iat', (d) => void Object.assign(d.claims, { iat: now() + 5, exp: now() + 2 })],
  ['exp at nbf', (d) => void Object.assign(d.claims, { nbf: now() + 5, exp: now() + 5 })],
  ['fractions', (d) => void Object.assign(d.claims, { iat: now() + 0.25, exp: now() + 0.75 })],
  ['exp just beyond the longest', claim('exp', () => now() + 3600.75)],
  ['exp as a text', claim('exp', () => String(now() + 60))],
  ['iat in the future', claim('iat', () => now() + 60)],
  ['iat a little ahead', claim('iat', () => now() + 5)],
  ['iat long ago', claim('iat', () => now() - 10_000)],
  ['nbf in the future', claim('nbf', () => now() + 60)],
  ['nbf in the past', claim('nbf', () => now() - 60)],
  ['a claim of its own', claim('tenant', (r) => r.pick(strange))],
  ['two claims of its own', (d) => void Object.assign(d.claims, { tenant: 'a', x: { y: [1] } })],
  ['a claim of ours', claim('roles', () => ['company-owner'])],
  ['a claim that is too large', claim('tenant', (r) => 'x'.repeat(4050 + r.below(100)))],
  ['a claim that is too deep', claim('nested', (r) => nested(5 + r.below(6)))],
  ['jti long', claim('jti', (r) => 'j'.repeat(120 + r.below(20)))],
  ['requested audiences', claim('requested_audiences', () => ['urn:example:api'])],
  ['requested audiences that are foreign', claim('requested_audiences', () => ['urn:other'])],
  ['requested audiences in a text', claim('requested_audiences', () => 'urn:other')],
  [
    'requested audiences beyond the bound',
    claim('requested_audiences', () => [...Array(20).fill('urn:example:api'), 'urn:other']),
  ],
  ['a requested audience that is no text', claim('requested_audiences', (r) => [r.pick(strange)])],
  [
    'another client',
    (d, r, clients) => {
      const other = clients[r.below(clients.length)]?.clientId
      d.claims['iss'] = other
      d.claims['sub'] = other
    },
  ],
  [
    'iss of another',
    (d, r, all) => claim('iss', () => all[r.below(all.length)]?.clientId)(d, r, all),
  ],
]

const ofHeaders: readonly [string, Mutation][] = [
  ['another alg', member('alg', (r) => r.pick(algorithms))],
  ['a strange alg', member('alg', (r) => r.pick(['none', 'NONE', 'HS256', 'es256', ...strange]))],
  ['an unknown kid', member('kid', () => 'unknown')],
  ['a strange kid', member('kid', (r) => r.pick(strange))],
  ['no kid', member('kid', () => undefined)],
  ['typ', member('typ', (r) => r.pick(['JWT', 'client-authentication+jwt', 'at+jwt', 'jwt', 1]))],
  ['crit', member('crit', (r) => r.pick([['x'], ['b64'], [], 'x', ['exp']]))],
  ['crit and b64', both],
  ['b64', member('b64', (r) => r.pick([true, false]))],
  ['lists in lists', set('headerText', (d) => `${json(d.header).slice(0, -1)},"x":${deep}}`)],
  ['jwk', member('jwk', () => thief.publicKey.export({ format: 'jwk' }))],
  ['jku', member('jku', () => 'https://localhost/keys')],
  ['zip', member('zip', () => 'DEF')],
]

const ofSignatures: readonly [string, Mutation][] = [
  ['a thief', set('sign', () => signers.ES256(thief.privateKey))],
  ['a thief with RSA', set('sign', () => signers.RS256(thiefRsa.privateKey))],
  ['a shared key', set('sign', () => hs256('secret'))],
  ['no signature', set('sign', () => () => Buffer.alloc(0))],
  ['zeros', set('sign', (_, r) => () => Buffer.alloc(r.pick([1, 63, 64, 65, 256])))],
  ['a signature in DER', set('sign', ({ client }) => der(client.privateKey))],
  ['a longer salt', set('sign', ({ client }) => pss(client.privateKey, 64))],
  ['no salt', set('sign', ({ client }) => pss(client.privateKey, 0))],
  ['a byte more', (d) => prolong(d, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))],
  ['a zero before', (d) => prolong(d, (bytes) => Buffer.concat([Buffer.alloc(1), bytes]))],
  ['a byte less', (d) => prolong(d, (bytes) => bytes.subarray(1))],
  [
    'a bit flipped',
    (d, r) =>
      prolong(d, (bytes) => {
        const at = r.below(bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << r.below(8))
        return bytes
      }),
  ],
]

function prolong(draft: Draft, change: (bytes: Buffer) => Buffer): void {
  const { sign: former } = draft
  draft.sign = (data) => change(former(data))
}

const ofBytes: readonly [string, Mutation][] = [
  ['padding', inserted('=')],
  ['a blank', inserted(' ')],
  ['a line feed', inserted('\n')],
  ['a plus', inserted('+')],
  ['a slash', inserted('/')],
  ['a dot', inserted('.')],
  ['a tilde', inserted('~')],
  ['a NUL', inserted('\0')],
  ['an umlaut', inserted('ä')],
  ['a letter', inserted('A')],
  ['padding that was signed', set('spell', () => (text) => `${text}=`)],
  ['a blank that was signed', set('spell', () => (text) => `${text.slice(0, 5)} ${text.slice(5)}`)],
  ['a line break that was signed', set('spell', () => (text) => `${text}\r\n`)],
  ['a letter too many that was signed', set('spell', () => (text) => `${text}~`)],
  ['the last bits', rewritten(2, lastBits)],
  ['the last bits of the claims', rewritten(1, lastBits)],
  ['the other alphabet', rewritten(2, (text) => text.replace(/-/g, '+').replace(/_/g, '/'))],
  ['four parts', bend((parts) => void parts.push('x'))],
  ['two parts', bend((parts) => void parts.pop())],
  ['no header', rewritten(0, () => '')],
]

function lastBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const value = alphabet.indexOf(text.slice(-1))
  return `${text.slice(0, -1)}${alphabet[value ^ 1]}`
}

const ofTexts: readonly [string, Mutation][] = [
  ['an alg twice', set('headerText', (d) => `{"alg":"none",${json(d.header).slice(1)}`)],
  ['another alg last', set('headerText', (d) => `${json(d.header).slice(0, -1)},"alg":"none"}`)],
  ['a sub twice', set('claimsText', (d) => `{"sub":"x",${json(d.claims).slice(1)}`)],
  ['an iss twice', set('claimsText', (d) => `${json(d.claims).slice(0, -1)},"iss":"x"}`)],
  ['an exp twice', set('claimsText', (d) => `${json(d.claims).slice(0, -1)},"exp":1}`)],
  ['a __proto__', set('claimsText', (d) => `{"__proto__":{"x":1},${json(d.claims).slice(1)}`)],
  ['a byte order mark', set('claimsText', (d) => `\ufeff${json(d.claims)}`)],
  ['blanks', set('claimsText', (d) => ` ${json(d.claims)}\n`)],
  ['lists in an aud', set('claimsText', (d) => `${json(d.claims).slice(0, -1)},"aud":${deep}}`)],
  ['lists in a claim', set('claimsText', (d) => `${json(d.claims).slice(0, -1)},"x":${deep}}`)],
  ['a list', set('claimsText', (d) => `[${json(d.claims)}]`)],
  ['no JSON', set('claimsText', (d) => json(d.claims).slice(1))],
]

/** What can be changed of a good request, each by its name; some changes leave it good. */
export const mutations: readonly [string, Mutation][] = [
  ['nothing', nothing],
  ...ofClaims,
  ...ofHeaders,
  ...ofSignatures,
  ...ofBytes,
  ...ofTexts,
  ...formMutations,
]
