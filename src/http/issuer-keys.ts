import { createPublicKey, type KeyObject } from 'node:crypto'
import { boundsFault } from '../domain/credentials/key-bounds.ts'
import { parseJson } from '../domain/json.ts'
import { Recent } from '../domain/recent.ts'
import type { FetchedKeySet } from './key-sets.ts'
import { type Fetched, get, type OutboundRules } from './outbound.ts'

/** All that differs between the keys of each algorithm (RFC 7518 §3.1, RFC 8037 §3.1). */
const rsa = { kty: 'RSA', crv: undefined } as const
const ed25519 = { kty: 'OKP', crv: 'Ed25519' } as const
const algorithms = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  EdDSA: ed25519,
  Ed25519: ed25519,
} as const satisfies Record<string, { readonly kty: string; readonly crv: string | undefined }>

/** How the token of a person may be signed: never by nothing, never by a secret. */
export type IssuerAlgorithm = keyof typeof algorithms

/** Whether a token of a person may be signed so. */
export function isIssuerAlgorithm(alg: unknown): alg is IssuerAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(algorithms, alg)
}

/** A public key that a trusted issuer publishes. */
export interface IssuerKey {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly kty: string
  readonly crv: string | undefined
  readonly key: KeyObject
}

/** RFC 9864 §2.2: the two names of one algorithm. */
const isEdwards = (...names: readonly string[]) =>
  names.every((name) => name === 'EdDSA' || name === 'Ed25519')

/** Whether a key may have signed this. RFC 8725 §3.1: a key that names its algorithm has no other. */
export function fitsIssuerKey(
  key: IssuerKey,
  { alg, kid }: { readonly alg: IssuerAlgorithm; readonly kid: string | undefined },
): boolean {
  const { kty, crv } = algorithms[alg]
  if (key.kty !== kty || key.crv !== crv) return false
  if (key.alg !== undefined && key.alg !== alg && !isEdwards(key.alg, alg)) return false
  return kid === undefined || kid === key.kid
}

type Members = Readonly<Record<string, unknown>>

const mostKeys = 50
const longestKid = 256
const mostShown = 200

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const textIn = (value: unknown) => (isText(value) ? value : undefined)

/** RFC 7517 §4.2 and §4.3: a key for another use signs no token. */
function isForSignatures({ use, key_ops: operations }: Members): boolean {
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}

function numbersFault({ kty, n, e }: Members): string | undefined {
  if (kty !== 'RSA') return undefined
  if (!isText(n) || !isText(e)) return 'has no n and e'
  return boundsFault({ kty, n, e }) && 'is an RSA key of a size or exponent that is not good'
}

const known: ReadonlySet<string> = new Set(
  Object.values(algorithms).map(({ kty, crv }) => `${kty} ${crv}`),
)

/** A key of a set, or why it is skipped. */
function readMember(member: unknown): IssuerKey | string {
  if (!isMembers(member)) return 'is no object'
  const [kty, kid] = [textIn(member['kty']) ?? '', textIn(member['kid'])]
  const crv = kty === 'RSA' ? undefined : textIn(member['crv'])
  if (!known.has(`${kty} ${crv}`)) return 'is of a type that is not used here'
  if (!isForSignatures(member)) return 'is for another use'
  if ('d' in member || (kid?.length ?? 0) > longestKid) return 'is private, or its kid too long'
  const fault = numbersFault(member)
  if (fault !== undefined) return fault
  try {
    const key = createPublicKey({ key: { ...member }, format: 'jwk' })
    return { kid, alg: textIn(member['alg']), kty, crv, key }
  } catch {
    return 'is not a valid JWK'
  }
}

function readObject({ body }: Fetched, what: string): Members {
  const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  if (isMembers(value)) return value
  throw new Error(`${what}: expected a JSON object`)
}

/** A key that an issuer takes out of its set is refused within a second, the reading of the set included. */
const freshSeconds = 0.8
/** For so long (ms) an issuer is not asked again where its keys are, as long as they are there. */
const placeFreshMs = 60_000
const mostPlaces = 1000

/** RFC 7517 §5: what is not understood is skipped, so that it ends nothing beside it. */
function readKeys(fetched: Fetched): FetchedKeySet<IssuerKey> {
  const { keys: members } = readObject(fetched, 'the key set')
  if (!Array.isArray(members)) throw new Error('the key set has no member keys that is a list')
  if (members.length > mostKeys) {
    throw new Error(`the key set has ${members.length} keys, expected at most ${mostKeys}`)
  }
  const read = members.map(readMember)
  const skipped = read.flatMap((key, at) => (isText(key) ? [`keys[${at}] ${key}`] : []))
  const keys = read.filter((key): key is IssuerKey => !isText(key))
  return { keys, skipped, freshSeconds }
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, mostShown) ?? 'nothing'

/** OpenID Connect Discovery §4: the path comes behind the issuer, less a slash at its end. */
function placeOf(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** §4.3: a document that names another issuer is nobody's word for this one. */
function keysPlace(metadata: Members, issuer: string): URL {
  const { issuer: named, jwks_uri: uri } = metadata
  if (named !== issuer) {
    throw new Error(`its metadata: issuer: expected ${issuer}, got ${shown(named)}`)
  }
  const url = isText(uri) ? URL.parse(uri) : null
  if (url) return url
  throw new Error(`its metadata: jwks_uri: expected a URL, got ${shown(uri)}`)
}

/** Milliseconds, besides what bounds the requests. */
interface IssuerRules extends OutboundRules {
  readonly now: () => number
}

/** Tells where an issuer publishes its keys, and forgets it when they are not there. */
function keyPlaces({ now, ...rules }: IssuerRules) {
  const known = new Recent<string, { readonly url: URL; readonly readAt: number }>(mostPlaces)
  const isFresh = (readAt: number) => readAt <= now() && now() < readAt + placeFreshMs
  return {
    async find(issuer: string): Promise<URL> {
      const last = known.get(issuer)
      if (last && isFresh(last.readAt)) return last.url
      const readAt = now()
      const url = keysPlace(readObject(await get(placeOf(issuer), rules), 'its metadata'), issuer)
      known.set(issuer, { url, readAt })
      return url
    },
    forget: (issuer: string) => known.delete(issuer),
  }
}

/** Reads the keys of an issuer by its metadata. Fails with why they cannot be used. */
export function issuerKeyReader(
  rules: IssuerRules,
): (issuer: string) => Promise<FetchedKeySet<IssuerKey>> {
  const places = keyPlaces(rules)
  return async (issuer) => {
    const url = await places.find(issuer)
    try {
      return readKeys(await get(url, rules))
    } catch (error) {
      places.forget(issuer)
      throw error
    }
  }
}
