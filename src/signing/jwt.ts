import type { Members } from './jwk.ts'
import { type JwsRefusal, type VerificationKeys, verifyJws } from './jws.ts'

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
type JwtRefusal = JwsRefusal | 'wrong_issuer' | 'missing_claim' | 'expired' | 'not_yet_valid'

/** The claims of a token that is good, or why it is not. */
export type VerifiedJwt =
  | { readonly ok: true; readonly claims: Members }
  | { readonly ok: false; readonly why: JwtRefusal }

const refuse = (why: JwtRefusal): VerifiedJwt => ({ ok: false, why })

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

/** The claims that every token of ours has; what else one must have, its kind says. */
function judgeClaims(claims: Members, rules: JwtRules): JwtRefusal | undefined {
  if (claims['iss'] !== rules.issuer) return 'wrong_issuer'
  const hasNames = ['sub', 'jti'].every((name) => isText(claims[name]))
  return hasNames ? judgeTimes(claims, rules) : 'missing_claim'
}

/**
 * Verifies one of our own tokens without any I/O. Says nothing about its audience, nor whether its
 * account still stands: the caller weighs those.
 */
export function verifyJwt(token: string, keys: VerificationKeys, rules: JwtRules): VerifiedJwt {
  const verified = verifyJws(token, keys, rules.typ ?? ['at+jwt'])
  if (!verified.ok) return refuse(verified.why)
  const why = judgeClaims(verified.payload, rules)
  return why === undefined ? { ok: true, claims: verified.payload } : refuse(why)
}
