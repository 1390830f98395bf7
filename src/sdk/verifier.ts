import type { createLocalJWKSet, JWTPayload } from 'jose'
import type { Clock } from './clock.ts'
import { failure, OstiaryError, type SdkCode } from './failure.ts'
import { type Kept, kept } from './kept.ts'
import { discover, issuerMismatch } from './metadata.ts'
import { send } from './send.ts'
import type { TransportOptions } from './transport.ts'
import { type CallOptions, unlessAborted } from './waiting.ts'
import { membersOf, shown, textOf } from './words.ts'

/** Whose tokens are accepted, and for whom they must be. */
export interface VerifierOptions extends TransportOptions, Clock {
  /** The issuer identifier of the server, to the letter: for example `https://auth.example.com`. */
  readonly issuer: string
  /** What this resource server is called: a token must be for it. */
  readonly audience: string
  /** By how much clocks may differ; 5 when absent. */
  readonly clockToleranceSeconds?: number
}

/** The claims of an access token (RFC 9068 §2.2). */
export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  /** Unix seconds, as `iat`. */
  readonly exp: number
  readonly iat: number
  readonly jti: string
  readonly client_id: string
  readonly permissions: readonly string[]
  readonly scope?: string
  readonly [claim: string]: unknown
}

/** Answers the claims of a token that is good; see `verifier`. */
export type Verifier = (token: string, options?: CallOptions) => Promise<AccessTokenClaims>

const types: readonly unknown[] = ['at+jwt', 'application/at+jwt', 'JWT']
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const longestToken = 65_536

const invalid = (reason: string, cause?: unknown) =>
  failure('invalid_token', `the token is not valid: ${reason}`, cause)

/** Faults of what was set, which no waiting mends: they are told as they are. */
const faultsOfSettings: readonly string[] = [
  'redirected',
  'host.misdirected',
  'issuer_mismatch',
  'insecure_url',
] satisfies SdkCode[]

function unreadable(error: unknown): OstiaryError {
  if (!(error instanceof OstiaryError)) return failure('unreachable', 'the keys cannot be read')
  if (faultsOfSettings.includes(error.code)) return error
  const { status, requestId, retryAfterSeconds } = error
  const details = { status, requestId, retryAfterSeconds, cause: error }
  return new OstiaryError('unreachable', `the keys cannot be read: ${error.message}`, details)
}

// Loaded when first needed: `require` of this package works where that of an ES module does not.
const jose = () => import('jose')

type LocalJWKSet = ReturnType<typeof createLocalJWKSet>
/** Finds the key that the header of a token means. */
type FindKey = (...of: Parameters<LocalJWKSet>) => ReturnType<LocalJWKSet>

/** The keys of a set; what is no key is passed over (RFC 7517 §5). */
async function finderOf(body: unknown, place: string): Promise<FindKey> {
  const { keys } = membersOf(body)
  if (!Array.isArray(keys)) {
    const message = `${place} holds no set of keys`
    throw new OstiaryError('unexpected_answer', message, { status: 200 })
  }
  const { createLocalJWKSet: finder } = await jose()
  const read = keys.map(membersOf).flatMap((key) => {
    const kty = textOf(key['kty'])
    return kty === undefined ? [] : [{ ...key, kty }]
  })
  return finder({ keys: read })
}

/** Reads the keys where the metadata says that they are. */
function keysOf(options: VerifierOptions): Kept<FindKey> {
  let place: string | undefined
  const find = async () => {
    const { issuer, jwksUri } = await discover(options.issuer, options)
    if (issuer !== options.issuer) throw issuerMismatch(issuer, options.issuer)
    return jwksUri
  }
  const read = async () => {
    try {
      place ??= await find()
      const { body } = await send(place, { method: 'GET' }, options)
      return await finderOf(body, place)
    } catch (error) {
      place = undefined
      throw unreadable(error)
    }
  }
  return kept(read, options)
}

/** The key that a token names: among those that are known, and else among those of this moment. */
function lookup(keys: Kept<FindKey>): FindKey {
  return async (header, token) => {
    const { errors } = await jose()
    const isUnknown = (error: unknown) => error instanceof errors.JWKSNoMatchingKey
    try {
      return await (await keys.known())(header, token).catch(async (error) => {
        if (!isUnknown(error)) throw error
        return await (await keys.again())(header, token)
      })
    } catch (error) {
      if (error instanceof OstiaryError || error instanceof errors.JOSEError) throw error
      throw failure('unreachable', 'the key that the token names is damaged in its set')
    }
  }
}

/** An `iss` that differs by a slash looks right to the eye: that is said. */
function reasonOf(error: unknown, token: string, issuer: string): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (!reason.includes('"iss"')) return shown(reason)
  const [, payload = ''] = token.split('.')
  const { iss } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
  return typeof iss === 'string' ? issuerMismatch(iss, issuer).message : shown(reason)
}

/** What is checked of every token, whatever its key. */
function checksOf(options: VerifierOptions) {
  const { issuer, audience, clockToleranceSeconds: clockTolerance = 5, now = Date.now } = options
  const requiredClaims = ['sub', 'exp', 'iat', 'jti', 'client_id']
  const currentDate = new Date(now())
  return { issuer, audience, algorithms, clockTolerance, currentDate, requiredClaims }
}

function claimsOf(payload: JWTPayload): AccessTokenClaims {
  const { iss, sub, aud, exp, iat, jti, client_id: clientId, permissions, scope } = payload
  const texts = [iss, sub, jti, clientId].map(textOf)
  if (texts.includes(undefined) || aud === undefined || exp === undefined || iat === undefined) {
    throw invalid('iss, sub, jti and client_id must be texts')
  }
  const [issuer = '', subject = '', id = '', client = ''] = texts
  return {
    ...payload,
    ...{ iss: issuer, sub: subject, aud, exp, iat, jti: id, client_id: client },
    permissions: Array.isArray(permissions) ? permissions.map(String) : [],
    ...(typeof scope === 'string' && { scope }),
  }
}

/**
 * Checks access tokens offline: signature, issuer, audience, type and times. The keys are read when
 * first needed, every five minutes in use, and when a token names a new one; while they cannot be
 * read, those that are known serve for a day. Fails with OstiaryError. Revocation is not seen before
 * `exp`: ask introspection where that matters.
 */
export function verifier(options: VerifierOptions): Verifier {
  const findKey = lookup(keysOf(options))
  const verify = async (token: string): Promise<AccessTokenClaims> => {
    if (typeof token !== 'string') throw invalid('it is no text')
    if (token.length > longestToken) throw invalid('it is too long')
    const { jwtVerify } = await jose()
    const { payload, protectedHeader } = await jwtVerify(token, findKey, checksOf(options)).catch(
      (error) => {
        throw error instanceof OstiaryError
          ? error
          : invalid(reasonOf(error, token, options.issuer), error)
      },
    )
    if (!types.includes(protectedHeader.typ)) throw invalid('its typ is not at+jwt')
    return claimsOf(payload)
  }
  return async (token, { signal } = {}) => await unlessAborted(verify(token), signal)
}
