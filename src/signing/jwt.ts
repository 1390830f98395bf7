import { parseJson } from '../domain/json.ts'
import { type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import { isMembers, type Members } from './jwk.ts'
import type { VerificationKey } from './snapshot.ts'

/** Where the keys come from: a keyring. */
export interface VerificationKeys {
  verificationKey(kid: string): VerificationKey | undefined
}

/** What one of our own tokens must satisfy. */
export interface JwtRules {
  readonly issuer: string
  /** The values of the header's `typ` that are accepted; `at+jwt` (RFC 9068 §2.1) when absent. */
  readonly typ?: readonly string[]
  /** Milliseconds. */
  readonly now: () => number
  /** By how much `iat` and `nbf` may lie in the future. */
  readonly toleranceSeconds: number
}

/** Why a token is refused: for the log and the tests, not for whoever sent it. */
type JwtRefusal =
  | 'malformed'
  | 'wrong_type'
  | 'unknown_key'
  | 'wrong_algorithm'
  | 'bad_signature'
  | 'wrong_issuer'
  | 'missing_claim'
  | 'expired'
  | 'not_yet_valid'

/** The claims of a token that is good, or why it is not. */
export type VerifiedJwt =
  | { readonly ok: true; readonly claims: Members }
  | { readonly ok: false; readonly why: JwtRefusal }

const longestToken = 16 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const refuse = (why: JwtRefusal): VerifiedJwt => ({ ok: false, why })

/**
 * RFC 7515 §2 and RFC 4648 §3.5: no padding, no foreign characters, no stray bits at the end. What
 * is not the one way to write its bytes is refused, so that no token has a second spelling.
 */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function readObject(part: string): Members | undefined {
  const bytes = decode(part)
  if (bytes === undefined) return undefined
  try {
    const value = parseJson(utf8.decode(bytes))
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}

interface Parts {
  readonly header: Members
  readonly payload: string
  readonly signature: Buffer
  readonly signed: Buffer
}

function split(token: string): Parts | undefined {
  if (token.length > longestToken) return undefined
  const [first, payload, last, ...rest] = token.split('.', 4)
  if (first === undefined || payload === undefined || !last || rest.length > 0) return undefined
  const [header, signature] = [readObject(first), decode(last)]
  if (header === undefined || signature === undefined) return undefined
  return { header, payload, signature, signed: Buffer.from(`${first}.${payload}`) }
}

/** RFC 7515 §4.1.9: case does not matter, and `application/` may be left out. */
function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function isOfType(header: Members, accepted: readonly string[]): boolean {
  const { typ } = header
  return typeof typ === 'string' && accepted.map(mediaType).includes(mediaType(typ))
}

type KeyFound =
  | { readonly ok: true; readonly alg: JwsAlgorithm; readonly key: VerificationKey['key'] }
  | { readonly ok: false; readonly why: JwtRefusal }

/** RFC 8725 §3.1: the key says which algorithm it is used with; the header can only agree. */
function findKey(header: Members, keys: VerificationKeys): KeyFound {
  const { kid, alg } = header
  if (typeof kid !== 'string' || typeof alg !== 'string') return { ok: false, why: 'malformed' }
  const found = keys.verificationKey(kid)
  if (found === undefined) return { ok: false, why: 'unknown_key' }
  return alg === found.alg ? { ok: true, ...found } : { ok: false, why: 'wrong_algorithm' }
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''

function judgeTimes(claims: Members, rules: JwtRules): JwtRefusal | undefined {
  const { exp, iat, nbf = iat } = claims
  if (!isTime(exp) || !isTime(iat) || !isTime(nbf)) return 'missing_claim'
  const now = rules.now() / 1000
  if (exp <= now) return 'expired'
  return Math.max(iat, nbf) > now + rules.toleranceSeconds ? 'not_yet_valid' : undefined
}

/** RFC 9068 §2.2: the claims that every token of ours has. */
function judgeClaims(claims: Members, rules: JwtRules): JwtRefusal | undefined {
  if (claims['iss'] !== rules.issuer) return 'wrong_issuer'
  const hasNames = ['sub', 'jti', 'client_id'].every((name) => isText(claims[name]))
  return hasNames ? judgeTimes(claims, rules) : 'missing_claim'
}

/** Checks the header, and finds the key that must have signed the token. */
function judgeHeader(header: Members, keys: VerificationKeys, rules: JwtRules): KeyFound {
  // RFC 7515 §4.1.11: an extension that is not understood refuses the token; we know none.
  if (header['crit'] !== undefined) return { ok: false, why: 'malformed' }
  if (!isOfType(header, rules.typ ?? ['at+jwt'])) return { ok: false, why: 'wrong_type' }
  return findKey(header, keys)
}

/**
 * Verifies one of our own tokens without any I/O. Says nothing about its audience, nor whether its
 * account still stands: the caller weighs those.
 */
export function verifyJwt(token: string, keys: VerificationKeys, rules: JwtRules): VerifiedJwt {
  const parts = split(token)
  if (parts === undefined) return refuse('malformed')
  const found = judgeHeader(parts.header, keys, rules)
  if (!found.ok) return found
  const isSigned = jwsAlgorithms[found.alg].verify(found.key, parts.signed, parts.signature)
  if (!isSigned) return refuse('bad_signature')
  const claims = readObject(parts.payload)
  if (claims === undefined) return refuse('malformed')
  const why = judgeClaims(claims, rules)
  return why === undefined ? { ok: true, claims } : refuse(why)
}
