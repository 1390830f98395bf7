import type { KeyObject } from 'node:crypto'
import type { Binding } from '../domain/access/binding.ts'
import type { Permission } from '../domain/access/permissions.ts'
import type { Place } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import type { Pepper } from '../domain/secret.ts'
import type { PublishedKeys } from '../http/published-keys.ts'
import type { AssertionRules } from './assertions.ts'

/** A key that signs access tokens. The private half stays where it is kept. */
export interface TokenKey {
  readonly kid: string
  /** JWS algorithm (RFC 7518 §3.1). */
  readonly alg: 'RS256' | 'PS256' | 'ES256' | 'EdDSA'
  readonly publicKey: KeyObject
  readonly sign: (data: Buffer) => Promise<Buffer> | Buffer
}

/** What is known here of accounts and of time. */
export interface Lookups {
  readonly account: (clientId: string) => KnownAccount | undefined
  /** Whether an account holds a permission on a place. */
  readonly holds: (account: KnownAccount, permission: Permission, on: Place) => boolean
  /** Whether a place is there, and one that tokens of an account may be for. */
  readonly isPlaceOf: (account: KnownAccount, on: Place) => boolean
  /** Every role that an account holds, by itself and by its groups. */
  readonly roles: (account: KnownAccount) => readonly Binding[]
  /** Whether an account may learn of a token of another. */
  readonly mayLearnOf: (caller: KnownAccount, holder: KnownAccount) => boolean
  readonly peppers: readonly Pepper[]
  /** What a restore raises: access tokens of a lower one are refused. */
  readonly epoch: () => number
  /** Milliseconds. */
  readonly now: () => number
}

/** Secrets that are still kept as another server digested them, with bcrypt. */
export interface ForeignSecrets {
  /** What one of them costs to check, by any number; undefined when there is none. */
  readonly costAt: (place: number) => number | undefined
  /** Whether a digest is of a secret; it never fails. */
  readonly check: (question: {
    readonly digest: string
    readonly secret: string
    readonly site: string
  }) => Promise<'good' | 'bad' | 'busy'>
}

/** What the core needs of the rest of the system, as plain values and functions. */
export interface OAuthOptions {
  readonly issuer: string
  readonly key: TokenKey
  readonly tokenSeconds: number
  readonly tokenType: string
  /** Whether tokens have the claim `scope` when none was asked for. */
  readonly scopeClaim: 'requested' | 'always'
  readonly defaultResource: string
  readonly requireAudience: boolean
  readonly rules: AssertionRules
  readonly lookups: Lookups
  /** Brings what the look-ups know up to date; it may fail, and then they know what they knew. */
  readonly refresh: () => Promise<void>
  /** Reserves a replay id until `expiresAt` (ms); true for exactly one caller. */
  readonly reserve: (id: string, expiresAt: number) => Promise<boolean>
  /** Assertions that expired before this moment (ms) are refused. */
  readonly reservationHorizon: () => number
  readonly publishedKeys: PublishedKeys<PublicKey>
  readonly foreign: ForeignSecrets
}
