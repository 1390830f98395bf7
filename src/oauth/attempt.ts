import type { Place } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { KnownCredential, KnownForeignSecret } from '../domain/credentials/credential.ts'
import type { RefusalReason } from '../domain/credentials/refusal-reasons.ts'

type Members = Readonly<Record<string, unknown>>

/** An assertion as it was read; who signed it is not known yet. */
export interface ReadAssertion {
  readonly text: string
  readonly header: Members
  readonly claims: Members
}

/** What a login presents to prove who it is (RFC 6749 §2.3, RFC 7523 §2.2). */
export type Presented =
  | {
      readonly method: 'client_secret_basic'
      readonly clientId: string
      readonly secret: string
      /** The credential of which another server has the digest, once it was found to be of the secret. */
      readonly foreign?: KnownForeignSecret['id']
    }
  | {
      readonly method: 'private_key_jwt'
      readonly clientId: string
      readonly kid: string
      readonly requestedAudiences: readonly string[]
      readonly assertion: ReadAssertion
    }

/** Where a request comes from. */
export interface Origin {
  readonly path: string
  readonly requestId: string
  readonly address: string
  /** Milliseconds of the steady clock. */
  readonly startedAt: number
}

/** What a login asks for, as it was read. */
export interface Asked {
  readonly origin: Origin
  readonly presented: Presented
  /** The console's form parameter, which the core does not know. */
  readonly audience: string | undefined
  /** The place of the tree for which its scope is meant, when the request names one. */
  readonly place: Place | undefined
  /** The token that introspection or revocation is asked about. */
  readonly token: string | undefined
}

/** What proved who logs in: a credential of the account, or a key that it publishes elsewhere. */
export type Proof =
  | { readonly by: 'credential'; readonly credential: KnownCredential }
  | { readonly by: 'key_set'; readonly uri: string }

/** What a token will be good for. */
export interface Grant {
  readonly audiences: readonly string[]
  /** The place that it is narrowed to; absent: it is for all that the account has. */
  readonly place: Place | undefined
  /** Never longer than the credential. */
  readonly lifetimeSeconds: number
}

/** The request has no credentials that could be read. */
interface Unread {
  readonly stage: 'unread'
  readonly origin: Origin
}

/** Credentials were read; nothing of them is believed. */
export interface Read extends Asked {
  readonly stage: 'read'
}

/** The account is there and logs in by this method; the core has yet to verify the signature. */
export interface Found extends Asked {
  readonly stage: 'found'
  readonly account: KnownAccount
}

/** A login that is refused, with the true reason, which is for the log alone. */
export interface Refused extends Asked {
  readonly stage: 'refused'
  readonly reason: RefusalReason
  readonly detail: string
  /** Undefined when nobody goes by the name. */
  readonly account: KnownAccount | undefined
}

/** It is known who logs in, and by what. */
export interface Proven extends Asked {
  readonly stage: 'proven'
  readonly account: KnownAccount
  readonly proof: Proof
}

/** It is known which token it gets. */
export interface Granted extends Asked {
  readonly stage: 'granted'
  readonly account: KnownAccount
  readonly proof: Proof
  readonly grant: Grant
}

/** How far a login has come: each stage holds what is known from there on, and nothing else. */
export type LoginAttempt = Unread | Read | Found | Refused | Proven | Granted

/** Why a login is refused: a value that travels with it to the log. */
export interface Why {
  readonly reason: RefusalReason
  readonly detail: string
  readonly account: KnownAccount | undefined
}

function asked({ origin, presented, audience, place, token }: Asked): Asked {
  return { origin, presented, audience, place, token }
}

/** The same login, refused. */
export function refused(attempt: Asked, why: Why): Refused {
  return { ...asked(attempt), stage: 'refused', ...why }
}

/** The same login, of an account that is yet to be proven. */
export function found(attempt: Asked, account: KnownAccount): Found {
  return { ...asked(attempt), stage: 'found', account }
}

/** The same login, of a known account. */
export function proven(attempt: Asked, account: KnownAccount, proof: Proof): Proven {
  return { ...asked(attempt), stage: 'proven', account, proof }
}

/** The same login with what its token will be good for. */
export function granted(attempt: Proven | Granted, grant: Grant): Granted {
  const { account, proof } = attempt
  return { ...asked(attempt), stage: 'granted', account, proof, grant }
}
