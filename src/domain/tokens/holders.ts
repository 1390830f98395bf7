import type { KnownAccount } from '../accounts/account.ts'
import type { KnownToken } from './token.ts'

/** What must be known of accounts, tokens and revocations to judge a token. */
export interface KnownHolders {
  accountByClientId(clientId: string): KnownAccount | undefined
  isRevoked(revocationId: string): boolean
  /** A token of which a record is kept, by its id. */
  tokenById(id: string): KnownToken | undefined
  /** Access tokens of a lower one are refused. */
  readonly epoch: number
}

/** The payload of a token, as it was signed. */
export type Payload = Readonly<Record<string, unknown>>

/** A token whose signature, issuer and times were checked. */
export interface Proven {
  /** As it came. */
  readonly jwt: string
  readonly payload: Payload
  /** Milliseconds. */
  readonly now: number
}

/** A claim that is a text; empty when it is none. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A claim that is one text or several. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [textIn(value)]
}
