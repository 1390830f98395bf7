import type { Action } from './access/actions.ts'
import type { Permission } from './access/permissions.ts'
import type { KeyFault } from './credentials/key-fault.ts'

/** A rule about what comes in that no schema of a dialect can say. */
export type InputRule =
  | { readonly rule: 'key_is_needed' }
  | { readonly rule: 'one_source_of_keys' }
  | { readonly rule: 'key_set_has_no_end' }
  | { readonly rule: 'end_lies_ahead' }
  | { readonly rule: 'default_is_an_audience' }
  | { readonly rule: 'overlap_is_bounded'; readonly mostSeconds: number }
  | { readonly rule: 'pages_are_bounded'; readonly mostEntries: number }
  | { readonly rule: 'cursor_is_of_its_list' }
  /** `position` counts characters from 1. */
  | { readonly rule: 'name_is_seen'; readonly position: number; readonly code: string }

/** Why a credential does not fit the way in which an account logs in. */
export type MethodRule =
  | 'no_keys_beside_secrets'
  | 'keys_are_published'
  | 'key_is_needed'
  | 'key_is_not_accepted'
  | 'nothing_to_rotate'

interface Nothing {
  readonly [name: string]: never
}

/** A fault of the wire itself, in words that hold in every dialect. */
interface WireFault {
  readonly said: string
  /** The header or member at fault, as the caller wrote it. */
  readonly field?: string
}

interface Retry {
  /** After how many seconds it makes sense to try again. */
  readonly retryAfterSeconds: number
}

/** What a problem of each code tells besides its code. Nothing in it is secret. */
export interface ProblemDetails {
  readonly 'request.invalid': InputRule | Required<WireFault>
  readonly 'request.malformed': WireFault
  readonly 'permission.unknown': { readonly unknown: readonly string[] }
  readonly 'key.invalid': KeyFault
  readonly 'account.method_mismatch': { readonly rule: MethodRule }
  readonly 'actor.unauthenticated': {
    readonly why: 'missing' | 'malformed' | 'refused' | 'inactive' | 'wrong_audience'
    readonly audience?: string
  }
  readonly 'client_key.refused': Nothing
  readonly 'actor.forbidden': { readonly action: Action; readonly needed: readonly Permission[] }
  readonly 'grant.exceeds_own': {
    /** Whether too much was given, or the account that is changed has too much. */
    readonly where: 'given' | 'account'
    readonly permission?: Permission
    readonly audience?: string
  }
  readonly 'account.not_found': Nothing
  readonly 'account.last_manager': Nothing
  readonly 'credential.not_found': Nothing
  readonly 'client_key.not_found': Nothing
  readonly 'route.not_found': { readonly place: string }
  readonly 'method.not_allowed': { readonly expected: string; readonly got: string }
  readonly 'name.taken': { readonly key: string }
  readonly 'key.taken': { readonly kid: string }
  readonly 'credential.limit': { readonly most: number }
  readonly 'client_key.limit': { readonly most: number }
  readonly 'record.conflict': Nothing
  /** Why it does not fit, when it did not simply change. */
  readonly 'version.stale': { readonly why?: 'weak' | 'none_match' | 'unmodified_since' }
  readonly 'request.too_large': { readonly limitBytes: number }
  readonly 'media.unsupported': WireFault
  /** The Host that came, and those that are ours. */
  readonly 'host.misdirected': { readonly got: string; readonly hosts: string }
  readonly 'server.failed': Nothing
  readonly 'store.unavailable': Retry
  readonly 'store.full': Retry
  readonly 'store.damaged': { readonly what: string }
}

/** The stable name of a way to fail. */
export type ProblemCode = keyof ProblemDetails

interface Explained {
  readonly meaning: string
  readonly remedy: string
}

/** What each code means and what to do about it, for the manual. */
export const problems: { readonly [C in ProblemCode]: Explained } = {
  'request.invalid': {
    meaning: 'a parameter or member is missing, unknown, or not as it must be',
    remedy: 'correct what `field` names, as the message says',
  },
  'request.malformed': {
    meaning: 'the request is not what HTTP or JSON allow, or a header stands there twice',
    remedy: 'send one of each header and a body that is valid JSON in UTF-8',
  },
  'permission.unknown': {
    meaning: 'a permission that was given does not exist',
    remedy: 'take a name from the table of permissions; separate several by commas',
  },
  'key.invalid': {
    meaning: 'a public key cannot be used for logins',
    remedy: 'send an RSA (2048 to 8192 bits), P-256 or Ed25519 public key as JWK or PEM',
  },
  'account.method_mismatch': {
    meaning: 'a secret or key does not fit the way in which the account logs in',
    remedy: 'make an account of the other method: the method never changes',
  },
  'actor.unauthenticated': {
    meaning: 'the access token is missing, expired, revoked, or for another audience',
    remedy: 'fetch a new token for the audience of this server',
  },
  'client_key.refused': {
    meaning: 'the Client-key header is missing where it is needed, or names no application',
    remedy:
      'send a key that the list of client keys shows as enabled, or leave the header out where it is optional',
  },
  'actor.forbidden': {
    meaning: 'the account or its token lacks a permission',
    remedy:
      'ask for the permission that the message names, or for a token without a narrower scope',
  },
  'grant.exceeds_own': {
    meaning: 'a permission or audience would be granted, or used, that the caller does not hold',
    remedy: 'let an account do this that holds as much itself',
  },
  'account.not_found': {
    meaning: 'there is no live account with this client id',
    remedy: 'list the accounts, and check the id',
  },
  'account.last_manager': {
    meaning: 'nobody could log in and manage accounts any more',
    remedy:
      'give `console.root.serviceaccount.manage` to another account that can log in, then do this again',
  },
  'credential.not_found': {
    meaning: 'the account has no credential with this id',
    remedy: 'list its credentials, and check the id',
  },
  'client_key.not_found': {
    meaning: 'there is no client key with this id',
    remedy: 'list the client keys, and check the id',
  },
  'route.not_found': {
    meaning: 'there is nothing at this path',
    remedy: 'check the path; a slash at the end makes another one',
  },
  'method.not_allowed': {
    meaning: 'the path exists, but not with this method',
    remedy: 'use one that the Allow header names',
  },
  'name.taken': {
    meaning:
      'another live account or client key has this name; case and width of letters do not count',
    remedy: 'choose another name',
  },
  'key.taken': {
    meaning: 'the account has a key with this kid already',
    remedy: 'give the new key another kid, or delete the former one',
  },
  'credential.limit': {
    meaning: 'the account has as many live credentials as it may have',
    remedy: 'delete one, or raise credentials.maxLive',
  },
  'client_key.limit': {
    meaning: 'there are as many client keys as there may be',
    remedy: 'delete those that nothing uses any more: the list tells when each was last used',
  },
  'record.conflict': {
    meaning: 'others changed the same thing again and again at the same moment',
    remedy: 'read it again, then repeat the change',
  },
  'version.stale': {
    meaning:
      'it changed since the version that If-Match names, or another condition of the request does not hold',
    remedy: 'read it again, decide anew, and send the new ETag',
  },
  'request.too_large': {
    meaning: 'the body is larger than the limit',
    remedy: 'send less in one request',
  },
  'media.unsupported': {
    meaning: 'the body is of another type, charset or coding',
    remedy: 'send application/json in UTF-8 without Content-Encoding',
  },
  'host.misdirected': {
    meaning: 'the Host header is not one of this server',
    remedy: 'call the issuer, or add the name to http.allowedHosts',
  },
  'server.failed': {
    meaning: 'a fault of the server',
    remedy: 'look for the request id in its log',
  },
  'store.unavailable': {
    meaning: 'the store does not answer, or what is known of it is too old',
    remedy: 'try again after Retry-After seconds; see to the store',
  },
  'store.full': {
    meaning: 'the disk of the store is full; nothing was written',
    remedy: 'make room, then try again',
  },
  'store.damaged': {
    meaning: 'the store holds something that cannot be read',
    remedy: 'restore it from a backup, or use the release that wrote it',
  },
}

/**
 * The one error class: a code and what belongs to it. Each dialect has its own words for it. The
 * cause is for the log alone. Nothing of it holds a secret.
 */
export class Problem<C extends ProblemCode = ProblemCode> extends Error {
  readonly code: C
  readonly details: ProblemDetails[C]

  constructor(code: C, details: ProblemDetails[C], cause?: unknown) {
    super(`${code} ${JSON.stringify(details)}`, cause === undefined ? undefined : { cause })
    this.name = 'Problem'
    this.code = code
    this.details = details
  }
}

/** Whether something that was thrown is a problem, and of one of these codes when any are given. */
export function isProblem<C extends ProblemCode = ProblemCode>(
  error: unknown,
  ...codes: readonly C[]
): error is Problem<C> {
  if (!(error instanceof Problem)) return false
  return codes.length === 0 || codes.some((code) => code === error.code)
}

/** The store cannot be reached, or its answer did not come in time: nothing is known to be written. */
export function storeAway(cause?: unknown): Problem<'store.unavailable'> {
  return new Problem('store.unavailable', { retryAfterSeconds: 2 }, cause)
}
