import { isUtf8 } from 'node:buffer'
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { KnownAccount } from '../domain/accounts/account.ts'
import { isUsable, type KnownKey } from '../domain/credentials/credential.ts'
import { boundsFault } from '../domain/credentials/key-bounds.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { Recent } from '../domain/recent.ts'
import { type AssertionAlgorithm, assertionAlgorithm } from './assertions.ts'

type Check = (data: Buffer, signature: Buffer, key: KeyObject) => boolean

interface Row {
  readonly kty: PublicKey['kty']
  readonly check: Check
}

function rsa(options: { readonly padding: number; readonly saltLength?: number }): Row {
  const check: Check = (data, signature, key) =>
    verify('sha256', data, { key, ...options }, signature)
  return { kty: 'RSA', check }
}

/** RFC 7518 §3.4 and RFC 8032 §5.1.6: a signature on either curve has 64 bytes, no more and no less. */
const curveSignatureBytes = 64

const ec: Row = {
  kty: 'EC',
  check: (data, signature, key) =>
    signature.length === curveSignatureBytes &&
    verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
}

const okp: Row = {
  kty: 'OKP',
  check: (data, signature, key) =>
    signature.length === curveSignatureBytes && verify(null, data, key, signature),
}

/** How each algorithm is verified, and by which type of key. */
const algorithms = {
  RS256: rsa({ padding: constants.RSA_PKCS1_PADDING }),
  PS256: rsa({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: ec,
  EdDSA: okp,
  Ed25519: okp,
} as const satisfies Record<AssertionAlgorithm, Row>

/** What a JWS header says of the key and the algorithm. */
export interface Named {
  readonly alg: unknown
  readonly kid: unknown
}

/** Whether a key may have signed this, as the core selects them. */
export function fits(key: PublicKey, { alg, kid }: Named): boolean {
  const known = assertionAlgorithm(alg)
  if (known === undefined || algorithms[known].kty !== key.kty) return false
  // An elliptic key has one algorithm; an RSA key may be bound to one of two.
  if (key.kty === 'RSA' && key.alg !== undefined && key.alg !== alg) return false
  return typeof kid !== 'string' || kid === key.kid
}

/** The keys of an account that have not ended, whether they are sound or not. */
export function usableKeys(account: KnownAccount, now: number): readonly KnownKey[] {
  return account.credentials
    .filter((credential) => credential.kind === 'key')
    .filter((credential) => isUsable(credential, now))
}

/** Those that are sound: what an older release took may not be. */
export function soundKeys(account: KnownAccount, now: number): readonly KnownKey[] {
  return usableKeys(account, now).filter(({ key }) => boundsFault(key) === undefined)
}

/** The sound keys of an account that may have signed this. */
export function fittingKeys(account: KnownAccount, named: Named, now: number): readonly KnownKey[] {
  return usableKeys(account, now).filter(
    ({ key }) => fits(key, named) && boundsFault(key) === undefined,
  )
}

/** Characters of a modulus of 4,096 bits in base64url. */
const longestModulus = 683

/** Whether a key is so large that its signatures are verified off the event loop, by the core. */
export function isLarge(key: PublicKey): boolean {
  return key.kty === 'RSA' && key.n.length > longestModulus
}

const mostImported = 2000

/** RFC 4648 §5, without padding: nothing that another reader could skip or take for something else. */
const exact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

function decodeExact(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  // The last character may hold bits that count for nothing: they must be zero.
  return bytes.toString('base64url') === part ? bytes : undefined
}

function isExactText(part: string): boolean {
  const bytes = decodeExact(part)
  return bytes !== undefined && isUtf8(bytes)
}

/** Whether three parts are spelled as RFC 7515 §2 has it, so that no assertion has a second spelling. */
export function isExactJws(text: string): boolean {
  const [header = '', payload = '', signature = ''] = text.split('.')
  return [header, payload].every(isExactText) && decodeExact(signature) !== undefined
}

/** A compact JWS (RFC 7515 §7.1) in its one exact spelling, ready to be verified. */
export interface ExactJws {
  readonly alg: AssertionAlgorithm
  readonly data: Buffer
  readonly signature: Buffer
}

/** Takes a compact JWS apart; undefined when it is spelled in any way but the exact one. */
export function readExactJws(text: string, alg: unknown): ExactJws | undefined {
  const known = assertionAlgorithm(alg)
  if (known === undefined || !exact.test(text)) return undefined
  const [header = '', payload = '', last = ''] = text.split('.')
  const signature = decodeExact(last)
  if (!signature || !isExactText(header) || !isExactText(payload)) return undefined
  return { alg: known, signature, data: Buffer.from(`${header}.${payload}`, 'latin1') }
}

/**
 * Verifies signatures by keys that are stored with accounts, as jose does for the core. The keys
 * used last are kept imported: that costs a third of a verification. A key is known by its record,
 * which never changes: a changed account has another one.
 */
export function storedKeyVerifier(): (jws: ExactJws, key: PublicKey) => boolean {
  const imported = new Recent<PublicKey, KeyObject>(mostImported)
  return ({ alg, data, signature }, key) => {
    let object = imported.get(key)
    if (!object) {
      object = createPublicKey({ key: { ...key }, format: 'jwk' })
      imported.set(key, object)
    }
    return algorithms[alg].check(data, signature, object)
  }
}
