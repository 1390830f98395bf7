import { hash } from 'node:crypto'
import type { Id } from '../ids.ts'
import type { Owner } from '../owner.ts'
import { count, list, number, object, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** The place of a token in a status list (draft-ietf-oauth-status-list §6.1). */
export interface StatusRef {
  /** The id of the list. */
  readonly list: string
  readonly index: number
}

/** One value of a token: what its JWT says, and a digest of it. Times are milliseconds. */
export interface TokenValue {
  readonly jti: string
  /** SHA-256 of the JWT, in base64url. */
  readonly digest: string
  /** The key that signed it. */
  readonly kid: string
  readonly issuedAt: number
  /** A whole second, as the claim has it. */
  readonly expiresAt: number
  readonly status?: StatusRef
}

/** A value that another was put in the place of; it is good until `endsAt`, if at all. */
export interface FormerValue extends TokenValue {
  readonly endsAt: number
}

/** A token that lives long, since a record of it is kept. Times are milliseconds. */
export interface Token extends Versioned {
  readonly id: Id<'token'>
  /** The client id of its account. */
  readonly account: string
  /** Whom that account belongs to. */
  readonly owner: Owner
  readonly name: string
  /** What it is for besides this server. */
  readonly audiences: readonly string[]
  readonly value: TokenValue
  /** The one of before: its status is told until it would have ended. */
  readonly former?: FormerValue
  /** How many days before its end it was last warned of. */
  readonly warnedDays?: number
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of a place in a status list. */
export const statusRefShape: Shape<StatusRef> = object<StatusRef>({ list: text(), index: count })

const valueMembers = {
  jti: text(),
  digest: text(),
  kid: text(),
  issuedAt: number,
  expiresAt: number,
  status: optional(statusRefShape),
}

/** What is stored of a token. */
export const tokenShape: Shape<Token> = object<Token>({
  ...versionedMembers,
  id: text<Id<'token'>>(),
  account: text(),
  owner: text<Owner>(),
  name: text(),
  audiences: list(text()),
  value: object<TokenValue>(valueMembers),
  former: optional(object<FormerValue>({ ...valueMembers, endsAt: number })),
  warnedDays: optional(number),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})

const shortBytes = 16
const shortLength = Math.ceil((shortBytes * 4) / 3)

/** SHA-256 of a JWT, in base64url: all that is kept of it. */
export function digestOfToken(jwt: string): string {
  return hash('sha256', jwt, 'base64url')
}

/** The first 128 bits of a digest, as much as a process remembers; in base64url. */
export function shortened(digest: string): string {
  const bytes = Buffer.from(digest, 'base64url').subarray(0, shortBytes)
  return bytes.toString('base64url').slice(0, shortLength)
}

/** What a process knows of a token. Times are milliseconds, of whole seconds. */
export interface KnownToken {
  readonly id: string
  /** A client id. */
  readonly account: string
  readonly live: boolean
  /** Of its value, `shortened`. */
  readonly digest: string
  readonly expiresAt: number
  readonly warnedDays: number
  /** The value of before, while a regeneration lets it be. */
  readonly former?: { readonly digest: string; readonly endsAt: number }
}

/** For so long after its end a value is remembered: a clock that jumps ahead and back revives none. */
export const keptAfterEndMs = 24 * 3600 * 1000

/** What its deletion leaves of a token, as long as any of its values would have lived. */
export function tokenTombstone(before: Token): Token {
  const { value, former } = before
  const end = Math.max(value.expiresAt, former?.expiresAt ?? 0)
  return { ...before, live: false, purgeAfter: end + keptAfterEndMs }
}
