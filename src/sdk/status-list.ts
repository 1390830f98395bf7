import type { JWTPayload } from 'jose'
import { failure, OstiaryError, type SdkCode } from './failure.ts'
import { inflated } from './inflate.ts'
import { algorithms, type FindKey, jose, unreadable } from './issuer-keys.ts'
import type { StatusOptions } from './issuer-options.ts'
import { AnswerTooLarge, sendForText } from './send.ts'
import { membersOf, shown, textOf } from './words.ts'

// Token Status List (draft-ietf-oauth-status-list): a signed list of bits, one or more for each token.

/** The states of many tokens, as the issuer has signed them. */
export interface StatusList {
  /** The state of a token: 0 is good; undefined beyond the end of the list. */
  readonly at: (index: number) => number | undefined
  /** For how long it need not be read again. */
  readonly ttlSeconds: number
  /** Unix seconds. */
  readonly exp: number
  readonly etag: string | undefined
}

/** Where a list is, and how it is read and proven. */
export interface ListReading {
  readonly uri: string
  readonly findKey: FindKey
  readonly options: StatusOptions
}

const type = 'statuslist+jwt'
const maxBytes = 1024 * 1024
const maxInflatedBytes = 256 * 1024
const ttlByDefault = 300
const bitsOfEntry: readonly unknown[] = [1, 2, 4, 8]

/** What is wrong with a list: its code, and in words. */
type Fault = readonly [code: SdkCode, why: string]

const damaged: Fault = ['status_list.damaged', 'is cut off, or is none']
const past: Fault = ['status_list.expired', 'is past its exp']
const unsigned: Fault = ['status_list.signature', 'is not signed by its issuer']

const refused = (uri: string, [code, why]: Fault, cause?: unknown) =>
  failure(code, `the status list ${shown(uri)} ${why}`, cause)

function tooLarge(uri: string): OstiaryError {
  const bounds = `${maxBytes} bytes, or ${maxInflatedBytes} when it is unpacked`
  return refused(uri, ['status_list.too_large', `is larger than ${bounds}`])
}

async function fetched({ uri, options }: ListReading, etag: string | undefined) {
  const headers = {
    accept: `application/${type}`,
    ...(etag !== undefined && { 'if-none-match': etag }),
  }
  try {
    return await sendForText(uri, { method: 'GET', headers }, { ...options, maxBytes })
  } catch (error) {
    if (error instanceof AnswerTooLarge) throw tooLarge(uri)
    throw unreadable('status_list.unavailable', `the status list ${shown(uri)}`, error)
  }
}

/** By the claim that was refused. */
const byClaim: Readonly<Record<string, Fault>> = {
  iss: ['status_list.foreign', 'is of another issuer'],
  sub: ['status_list.foreign', 'is another one: its sub names it otherwise'],
  exp: past,
}

/** By the codes of jose. */
const byCode: Readonly<Record<string, Fault>> = {
  ERR_JWT_EXPIRED: past,
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: unsigned,
  ERR_JWKS_NO_MATCHING_KEY: unsigned,
  ERR_JOSE_ALG_NOT_ALLOWED: unsigned,
}

function unproven(uri: string, error: unknown): OstiaryError {
  if (error instanceof OstiaryError) return error
  const { code, claim } = membersOfError(error)
  return refused(uri, byCode[code] ?? byClaim[claim] ?? damaged, error)
}

function membersOfError(error: unknown): { readonly code: string; readonly claim: string } {
  const [code, claim] = ['code', 'claim'].map((name) =>
    error instanceof Error ? textOf(Reflect.get(error, name)) : undefined,
  )
  return { code: code ?? '', claim: claim ?? '' }
}

async function proven({ uri, findKey, options }: ListReading, text: string): Promise<JWTPayload> {
  const { issuer, clockToleranceSeconds: clockTolerance = 5, now = Date.now } = options
  const { jwtVerify } = await jose()
  const { payload } = await jwtVerify(text.trim(), findKey, {
    ...{ issuer, algorithms, clockTolerance, typ: type, subject: uri },
    currentDate: new Date(now()),
    requiredClaims: ['iat', 'status_list'],
  }).catch((error) => {
    throw unproven(uri, error)
  })
  if ((payload.iat ?? 0) > now() / 1000 + clockTolerance) {
    throw refused(uri, ['status_list.expired', 'is dated in the future: compare the clocks'])
  }
  return payload
}

/** The bytes of a list, and how many bits of them are one entry. */
async function unpacked(uri: string, payload: JWTPayload) {
  const { bits, lst } = membersOf(payload['status_list'])
  if (typeof bits !== 'number' || !bitsOfEntry.includes(bits) || typeof lst !== 'string') {
    throw refused(uri, ['status_list.damaged', 'has no bits and lst that fit'])
  }
  const { base64url } = await jose()
  try {
    const bytes = await inflated(new Uint8Array(base64url.decode(lst)), maxInflatedBytes)
    return { bits, bytes }
  } catch (error) {
    throw refused(uri, damaged, error)
  }
}

const positive = (value: unknown, otherwise: number) =>
  typeof value === 'number' && value > 0 ? value : otherwise

/** Entry by entry from the least significant bit of the first byte. */
async function listOf(
  { uri, options }: ListReading,
  payload: JWTPayload,
  etag: string | undefined,
): Promise<StatusList> {
  const { now = Date.now } = options
  const { bits, bytes } = await unpacked(uri, payload)
  if (bytes === 'too large') throw tooLarge(uri)
  const mask = 2 ** bits - 1
  const { exp = Number.POSITIVE_INFINITY } = payload
  return {
    at: (index) => {
      const bit = index * bits
      const byte = bytes[Math.floor(bit / 8)]
      return byte === undefined ? undefined : (byte >> (bit % 8)) & mask
    },
    ttlSeconds: Math.min(positive(payload['ttl'], ttlByDefault), Math.max(exp - now() / 1000, 0)),
    ...{ exp, etag },
  }
}

/**
 * Reads a list and proves that it is the issuer's, this one and in time. The one that is known is
 * kept when the server says that it has not changed. Fails with a code that says what is wrong.
 */
export async function readStatusList(
  reading: ListReading,
  known: StatusList | undefined,
): Promise<StatusList> {
  const { now = Date.now } = reading.options
  // One that is about to end would come back as it is, and then be too old.
  const isLasting = known !== undefined && known.exp > now() / 1000 + known.ttlSeconds
  const { status, headers, text } = await fetched(reading, isLasting ? known.etag : undefined)
  if (status === 304 && isLasting) return known
  const payload = await proven(reading, text)
  return await listOf(reading, payload, headers.get('etag') ?? undefined)
}
