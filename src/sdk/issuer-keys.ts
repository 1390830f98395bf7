import type { createLocalJWKSet } from 'jose'
import { failure, OstiaryError, type SdkCode } from './failure.ts'
import { type IssuerOptions, longestMsOf } from './issuer-options.ts'
import { type Kept, kept } from './kept.ts'
import { discover, issuerMismatch } from './metadata.ts'
import { send } from './send.ts'
import { membersOf, textOf } from './words.ts'

let loaded: Promise<typeof import('jose')> | undefined

/**
 * Loaded when first needed: `require` of this package works where that of an ES module does not.
 * Kept, since to import it anew costs a good part of a verification.
 */
export async function jose(): Promise<typeof import('jose')> {
  loaded ??= import('jose')
  return await loaded
}

/** What signs tokens and lists. */
export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']

/** A set is read again when it is this old and somebody asks: a key may have been taken out of it. */
const freshMs = 300_000

/** Faults of what was set, which no waiting mends: they are told as they are. */
const faultsOfSettings: readonly string[] = [
  'redirected',
  'host.misdirected',
  'issuer_mismatch',
  'insecure_url',
] satisfies SdkCode[]

/** A failed reading by a code of its own, with what the server said. */
export function unreadable(code: SdkCode, what: string, error: unknown): OstiaryError {
  if (!(error instanceof OstiaryError)) return failure(code, `${what} cannot be read`)
  if (faultsOfSettings.includes(error.code)) return error
  const { status, requestId, retryAfterSeconds } = error
  const details = { status, requestId, retryAfterSeconds, cause: error }
  return new OstiaryError(code, `${what} cannot be read: ${error.message}`, details)
}

type LocalJWKSet = ReturnType<typeof createLocalJWKSet>
/** Finds the key that the header of a token means. */
export type FindKey = (...of: Parameters<LocalJWKSet>) => ReturnType<LocalJWKSet>

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
function keysOf(options: IssuerOptions): Kept<FindKey> {
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
      throw unreadable('unreachable', 'the keys', error)
    }
  }
  return kept(read, { freshMs: () => freshMs, longestMs: longestMsOf(options) }, options)
}

/** A key of the set that is known, or else of that of this moment. */
async function found(keys: Kept<FindKey>, ...of: Parameters<FindKey>): ReturnType<FindKey> {
  const known = await keys.known()
  try {
    return await known(...of)
  } catch (error) {
    const { errors } = await jose()
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    return await (await keys.again())(...of)
  }
}

/** The key that a token names: among those that are known, and else among those of this moment. */
export function issuerKeys(options: IssuerOptions): FindKey {
  const keys = keysOf(options)
  return async (...of) => {
    try {
      return await found(keys, ...of)
    } catch (error) {
      const { errors } = await jose()
      if (error instanceof OstiaryError || error instanceof errors.JOSEError) throw error
      throw failure('unreachable', 'the key that the token names is damaged in its set')
    }
  }
}
