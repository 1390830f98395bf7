import { fingerprint } from '../domain/secret.ts'

/** What an operator decides about client assertions. */
export interface AssertionRules {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly maxLifetimeSeconds: number
  readonly clockToleranceSeconds: number
  readonly isFapi: boolean
  /** Milliseconds: when the store was last put back to an older state, and forgot what was used since. */
  readonly restoredAt: () => number | undefined
}

/** Signature algorithms of client assertions (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export type AssertionAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA' | 'Ed25519'

/** Those that are accepted; the strict profile drops RS256 (FAPI 2.0 §5.4). */
export function assertionAlgorithms(isFapi: boolean): readonly AssertionAlgorithm[] {
  const strict = ['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const
  return isFapi ? strict : ['RS256', ...strict]
}

/** The algorithm of that name; undefined when no assertion may ever have it. */
export function assertionAlgorithm(name: unknown): AssertionAlgorithm | undefined {
  return assertionAlgorithms(false).find((alg) => alg === name)
}

type Claims = Readonly<Record<string, unknown>>

const jtiLength = 128
const shownLength = 200
const fapiLifetimeSeconds = 300
/** RFC 10070: the explicit type is advised, an untyped assertion is not refused. */
const types = new Set(['client-authentication+jwt', 'jwt'])

/** A good assertion's replay id, and the millisecond until which it counts; or what is wrong with it. */
export type AssertionVerdict =
  | { readonly ok: true; readonly replayId: string; readonly expiresAt: number }
  | { readonly ok: false; readonly why: string }

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e11
}

function hasGoodType(typ: unknown): boolean {
  if (typ === undefined) return true
  return typeof typ === 'string' && types.has(typ.toLowerCase().replace(/^application\//, ''))
}

function hasGoodAudience(aud: unknown, rules: AssertionRules): boolean {
  if (rules.isFapi) return aud === rules.issuer
  const single: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
  return single === rules.issuer || (typeof single === 'string' && rules.audiences.includes(single))
}

interface Times {
  readonly exp: number
  readonly iat: number | undefined
  readonly nbf: number | undefined
}

function readTimes({ exp, iat, nbf }: Claims): Times | string {
  if (!isTime(exp)) return 'exp must be a time in seconds'
  if (iat !== undefined && !isTime(iat)) return 'iat must be a time in seconds'
  if (nbf !== undefined && !isTime(nbf)) return 'nbf must be a time in seconds'
  return { exp, iat, nbf }
}

/** RFC 7519 §4.1: an assertion that ends before it begins was never good, whatever the tolerance. */
function orderFault({ exp, iat, nbf }: Times): string | undefined {
  if (iat !== undefined && exp <= iat) return 'exp must be later than iat'
  return nbf !== undefined && exp <= nbf ? 'exp must be later than nbf' : undefined
}

/** Whether it may have been made, and used, before the store was put back to an older state. */
function isOfBefore({ exp, iat }: Times, rules: AssertionRules, longest: number): boolean {
  const restoredAt = rules.restoredAt()
  if (restoredAt === undefined) return false
  return (iat ?? exp - longest) <= restoredAt / 1000 + rules.clockToleranceSeconds
}

function longestOf({ isFapi, maxLifetimeSeconds }: AssertionRules): number {
  return isFapi ? Math.min(fapiLifetimeSeconds, maxLifetimeSeconds) : maxLifetimeSeconds
}

function timeFault(claims: Claims, rules: AssertionRules, now: number): string | undefined {
  const times = readTimes(claims)
  if (typeof times === 'string') return times
  const { exp, iat = now, nbf = now } = times
  const { clockToleranceSeconds: tolerance } = rules
  const longest = longestOf(rules)
  if (exp + tolerance <= now) return 'exp is over'
  if (iat > now + tolerance) return 'iat lies in the future'
  if (nbf > now + tolerance) return 'nbf lies in the future'
  const disorder = orderFault(times)
  if (disorder !== undefined) return disorder
  // RFC 7519 §2: times may have fractions; a part of a second is no second more.
  if (Math.floor(exp - iat) > longest || Math.floor(exp - now) > longest + tolerance) {
    return `lives for more than ${longest} s: oauth.assertions.maxLifetimeSeconds allows longer`
  }
  if (isOfBefore(times, rules, longest)) {
    return 'it may have been used before the store was restored: make a new one, with iat'
  }
  return undefined
}

function jtiFault({ jti }: Claims): string | undefined {
  if (typeof jti !== 'string' || jti === '') return 'jti must be a text'
  return jti.length > jtiLength ? `jti must have at most ${jtiLength} characters` : undefined
}

function claimFault(claims: Claims, header: Claims, rules: AssertionRules): string | undefined {
  if (!hasGoodType(header['typ'])) return 'typ must be client-authentication+jwt, JWT or absent'
  if (header['crit'] !== undefined) return 'crit is not supported'
  if (header['b64'] !== undefined) return 'b64 is not supported'
  const { kid } = header
  if (kid !== undefined && typeof kid !== 'string') return 'kid must be a text'
  if (claims['iss'] !== claims['sub']) return 'iss and sub must both be the client id'
  if (!hasGoodAudience(claims['aud'], rules)) {
    const accepted = rules.isFapi ? [rules.issuer] : [rules.issuer, ...rules.audiences]
    const given = JSON.stringify(claims['aud'])?.slice(0, shownLength) ?? 'nothing'
    return `aud must be ${accepted.join(' or ')}, got ${given}: oauth.assertions.audiences can accept others`
  }
  return jtiFault(claims)
}

/**
 * Judges a client assertion beyond its signature (RFC 7523 §3, RFC 10070). `now` is in seconds. The
 * replay id is made of client and `jti` with a separator, so that no two clients share one.
 */
export function judgeAssertion(
  { claims, header }: { readonly claims: Claims; readonly header: Claims },
  rules: AssertionRules,
  now: number,
): AssertionVerdict {
  const why = claimFault(claims, header, rules) ?? timeFault(claims, rules, now)
  if (why !== undefined) return { ok: false, why }
  const { sub, jti, exp } = claims
  // Times are compared with a clock of whole seconds: one with a fraction counts until the next.
  const expiresAt = Math.ceil(Number(exp) + rules.clockToleranceSeconds) * 1000
  return { ok: true, replayId: fingerprint('assertion', String(sub), String(jti)), expiresAt }
}
