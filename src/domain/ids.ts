import { randomBytes, randomUUID } from 'node:crypto'

/** Prefixes of what has an identifier and is no record of its own; records have theirs in a row. */
const prefix = {
  credential: 'cred',
  event: 'evt',
} as const

declare const kind: unique symbol

/** An identifier of one kind of thing: the compiler keeps an account's apart from a credential's. */
export type Id<K extends string> = string & { readonly [kind]: K }

const timeLength = 9
const randomLength = 20
const form = /^[a-z]+_[0-9a-z]{9}[0-9a-f]{20}$/

/**
 * Makes an identifier: `<prefix>_<time><random>`. The time part is the millisecond in base 36, so
 * that identifiers of one kind sort by creation; the random part has 78 bits.
 */
export function idWith<K extends string>(start: string, now: number): Id<K> {
  const time = now.toString(36).padStart(timeLength, '0')
  // The one source of random bits that Node draws ahead of need: this is on the path of every token.
  const random = randomUUID().replaceAll('-', '').slice(-randomLength)
  return `${start}_${time}${random}` as Id<K>
}

/** Makes an identifier of something that is no record of its own. */
export function newId<K extends keyof typeof prefix>(kindOf: K, now: number): Id<K> {
  return idWith<K>(prefix[kindOf], now)
}

/** Reads an identifier that comes from outside; undefined when it is not of this kind. */
export function parseId<K extends keyof typeof prefix>(kindOf: K, text: string): Id<K> | undefined {
  return text.startsWith(`${prefix[kindOf]}_`) && form.test(text) ? (text as Id<K>) : undefined
}

/** Takes an identifier that our own store or file has kept. */
export function trustedId<K extends string>(_kind: K, text: string): Id<K> {
  return text as Id<K>
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether a text is a UUID that begins with its time (RFC 9562 §5.7), in lower case. */
export function isTimedUuid(text: string): boolean {
  return uuidForm.test(text)
}

/** Makes the identifier of a token: a UUIDv7 (RFC 9562 §5.7), which sorts by its millisecond. */
export function newTokenId(now: number): Id<'token'> {
  const time = now.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}` as Id<'token'>
}

/**
 * The millisecond in which an identifier was made; NaN when the text is not one of ours. Access tokens
 * of former releases have identifiers with a prefix.
 */
export function timeOf(id: string): number {
  if (isTimedUuid(id)) return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  if (!form.test(id)) return Number.NaN
  const start = id.indexOf('_') + 1
  return Number.parseInt(id.slice(start, start + timeLength), 36)
}

const clientIdStart = 'ost_ci_'

/** Whether a text is made as client identifiers are. */
export function isClientId(text: string): boolean {
  return text.startsWith(clientIdStart)
}

/** A client identifier: random, opaque, made of unreserved characters only (RFC 3986 §2.3). */
export function newClientId(): string {
  return `${clientIdStart}${randomBytes(18).toString('base64url')}`
}
