import { compactVerify } from 'jose'
import type { TrustedIssuer } from '../domain/issuers/issuer.ts'
import { type PersonFault, readPerson, type VerifiedPerson } from '../domain/issuers/person.ts'
import { parseJson } from '../domain/json.ts'
import {
  fitsIssuerKey,
  type IssuerAlgorithm,
  type IssuerKey,
  isIssuerAlgorithm,
} from './issuer-keys.ts'
import type { PublishedKeys } from './published-keys.ts'

/** Why the token of a person is refused: for the log and the tests, not for whoever sent it. */
type PersonRefusal =
  | PersonFault
  | 'too_long'
  | 'malformed'
  | 'own_issuer'
  | 'unknown_issuer'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'wrong_audience'
  | 'missing_claim'
  | 'expired'
  | 'not_yet_valid'
  | 'keys_unavailable'
  | 'unknown_key'
  | 'bad_signature'

/** Who a token says somebody is, or why it says nothing. */
export type PersonVerdict =
  | { readonly ok: true; readonly person: VerifiedPerson }
  | { readonly ok: false; readonly why: PersonRefusal; readonly issuer?: string }

/** What tokens of people are judged by. */
export interface PersonTokenOptions {
  /** What this server is called: its own tokens are for others to judge. */
  readonly own: string
  /** The issuer of that URL, while it is trusted. */
  readonly trusted: (issuer: string) => TrustedIssuer | undefined
  readonly keysOf: (issuer: TrustedIssuer) => PublishedKeys<IssuerKey>
  /** Milliseconds. */
  readonly now: () => number
  readonly toleranceSeconds: number
}

type Members = Readonly<Record<string, unknown>>

/** A token that may be good, by all that can be said of it without the keys of its issuer. */
interface Candidate {
  readonly token: string
  readonly alg: IssuerAlgorithm
  readonly kid: string | undefined
  readonly claims: Members
  readonly issuer: TrustedIssuer
}

const longestToken = 16 * 1024
const longestKid = 256
const longestIssuer = 2048
const form = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readObject(part: string): Members | undefined {
  try {
    const value = parseJson(utf8.decode(Buffer.from(part, 'base64url')))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** What a token of a person may call itself (RFC 7519 §5.1, RFC 9068 §2.1): not what others are. */
const types: ReadonlySet<string> = new Set(['jwt', 'at+jwt'])

function isOfType({ typ }: Members): boolean {
  if (typ === undefined) return true
  return typeof typ === 'string' && types.has(typ.toLowerCase().replace(/^application\//, ''))
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0

function timeFault(claims: Members, options: PersonTokenOptions): PersonRefusal | undefined {
  const { exp, iat, nbf = iat } = claims
  if (!isTime(exp) || !isTime(iat) || !isTime(nbf)) return 'missing_claim'
  const [now, tolerance] = [options.now() / 1000, options.toleranceSeconds]
  // RFC 7519 §4.1: one that ends before it begins was never good, whatever the tolerance.
  if (exp + tolerance <= now || exp <= Math.max(iat, nbf)) return 'expired'
  return Math.max(iat, nbf) > now + tolerance ? 'not_yet_valid' : undefined
}

function isFor({ aud }: Members, { audience }: TrustedIssuer): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience
}

/** RFC 7515 §4.1.11: an extension that is not understood refuses the token; we know none. */
function headerFault(header: Members): PersonRefusal | undefined {
  const { crit, kid, alg } = header
  const isOdd = kid !== undefined && (typeof kid !== 'string' || kid.length > longestKid)
  if (crit !== undefined || header['b64'] !== undefined || isOdd) return 'malformed'
  if (!isIssuerAlgorithm(alg)) return 'wrong_algorithm'
  return isOfType(header) ? undefined : 'wrong_type'
}

function issuerIn({ iss }: Members, options: PersonTokenOptions): TrustedIssuer | undefined {
  if (typeof iss !== 'string' || iss.length > longestIssuer) return undefined
  return options.trusted(iss)
}

function partsOf(token: string): readonly [header: Members, claims: Members] | PersonRefusal {
  if (token.length > longestToken) return 'too_long'
  const [first = '', second = ''] = form.test(token) ? token.split('.') : []
  const [header, claims] = [readObject(first), readObject(second)]
  return header && claims ? [header, claims] : 'malformed'
}

const refuse = (why: PersonRefusal, issuer?: TrustedIssuer): PersonVerdict =>
  issuer ? { ok: false, why, issuer: issuer.name } : { ok: false, why }

/** All that can be judged at once: nothing is fetched for what cannot be good. */
function judge(token: string, options: PersonTokenOptions): Candidate | PersonVerdict {
  const parts = partsOf(token)
  if (typeof parts === 'string') return refuse(parts)
  const [header, claims] = parts
  if (claims['iss'] === options.own) return refuse('own_issuer')
  const issuer = issuerIn(claims, options)
  if (!issuer) return refuse('unknown_issuer')
  const { alg, kid } = header
  const why = headerFault(header) ?? timeFault(claims, options)
  if (why !== undefined) return refuse(why, issuer)
  if (!isFor(claims, issuer)) return refuse('wrong_audience', issuer)
  if (!isIssuerAlgorithm(alg)) return refuse('wrong_algorithm', issuer)
  return { token, alg, kid: typeof kid === 'string' ? kid : undefined, claims, issuer }
}

/** The one key that may have signed it: two of one name cannot be told apart. */
async function keyOf(
  named: Candidate,
  options: PersonTokenOptions,
): Promise<IssuerKey | PersonRefusal> {
  const published = await options.keysOf(named.issuer)(named.issuer.issuer, (keys) =>
    keys.some((key) => fitsIssuerKey(key, named)),
  )
  if (!published.ok) return 'keys_unavailable'
  const [key, ...others] = published.keys.filter((each) => fitsIssuerKey(each, named))
  return key && others.length === 0 ? key : 'unknown_key'
}

async function isSigned({ token, alg }: Candidate, { key }: IssuerKey): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}

/** It may have been disabled, or be read in another way, since its keys were awaited. */
function identify({ claims, issuer }: Candidate, options: PersonTokenOptions): PersonVerdict {
  const still = options.trusted(issuer.issuer)
  if (!still) return refuse('unknown_issuer')
  if (!isFor(claims, still)) return refuse('wrong_audience', still)
  const person = readPerson(claims, still)
  return typeof person === 'string' ? refuse(person, still) : { ok: true, person }
}

/** Verifies a token of a trusted issuer, and reads who it names. */
export function personTokens(
  options: PersonTokenOptions,
): (token: string) => Promise<PersonVerdict> {
  return async (token) => {
    const candidate = judge(token, options)
    if ('ok' in candidate) return candidate
    const key = await keyOf(candidate, options)
    if (typeof key === 'string') return refuse(key, candidate.issuer)
    const isGood = await isSigned(candidate, key)
    return isGood ? identify(candidate, options) : refuse('bad_signature', candidate.issuer)
  }
}
