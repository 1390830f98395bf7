import type { Action } from './access/actions.ts'
import type { Permission } from './access/permissions.ts'
import type { AccountState } from './accounts/states.ts'
import type { KeyFault } from './credentials/key-fault.ts'
import type { Owner } from './owner.ts'

/** A rule about what comes in that no schema of a dialect can say. */
export type InputRule =
  | { readonly rule: 'key_is_needed' }
  | { readonly rule: 'one_source_of_keys' }
  | { readonly rule: 'key_set_has_no_end' }
  | { readonly rule: 'end_lies_ahead' }
  | { readonly rule: 'default_is_an_audience' }
  | { readonly rule: 'permissions_are_of_root' }
  | { readonly rule: 'overlap_is_bounded'; readonly mostSeconds: number }
  | { readonly rule: 'life_is_bounded'; readonly mostSeconds: number }
  | { readonly rule: 'audience_is_of_the_account'; readonly audience: string }
  | { readonly rule: 'pages_are_bounded'; readonly mostEntries: number }
  | { readonly rule: 'projects_are_bounded'; readonly most: number }
  | { readonly rule: 'cursor_is_of_its_list' }
  /** An entry of the log that newer or older ones are asked for by. */
  | { readonly rule: 'entry_is_there'; readonly id: string }
  /** A claim of our own that an account wants to say itself. */
  | { readonly rule: 'claim_is_free'; readonly claim: string }
  | { readonly rule: 'issuer_is_https' }
  | { readonly rule: 'issuer_is_another' }
  /** A company whose groups an issuer shall claim, and that is not there. */
  | { readonly rule: 'company_is_there'; readonly companyId: string }
  /** A place that is named in a request, and is not there. */
  | { readonly rule: 'place_is_there'; readonly on: Owner }
  | { readonly rule: 'place_is_named_once'; readonly on: Owner }
  | { readonly rule: 'role_is_there'; readonly role: string; readonly on: Owner }
  /** Somebody who is named to be in a group, and is nobody of the company. */
  | { readonly rule: 'member_is_there'; readonly id: string }
  /** A permission for the whole installation, which no role holds. */
  | { readonly rule: 'role_is_of_a_company'; readonly permission: string }
  /** A group that no service account of a project can be in. */
  | { readonly rule: 'group_is_for_accounts'; readonly group: string }
  | { readonly rule: 'group_is_there'; readonly group: string }
  /** A service account must say who shall own a project that it makes. */
  | { readonly rule: 'owners_are_named' }
  | { readonly rule: 'owners_are_people' }
  | { readonly rule: 'member_is_new'; readonly email: string; readonly projectId: string }
  /** A character that names of service accounts of projects do not have. */
  | { readonly rule: 'name_is_plain'; readonly character: string }
  | { readonly rule: 'role_fits'; readonly role: string; readonly on: Owner }
  /** A role that neither an account nor a group can have. */
  | { readonly rule: 'role_is_for_people'; readonly role: string; readonly on: Owner }
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
  readonly 'permission.unknown': {
    readonly unknown: readonly string[]
    /** What they were given for; an account when absent. */
    readonly of?: 'account' | 'role' | 'question'
    /** Which of many questions names the first of them, from 0; absent: there is one question. */
    readonly at?: number
  }
  readonly 'key.invalid': KeyFault
  readonly 'account.method_mismatch': { readonly rule: MethodRule }
  readonly 'actor.unauthenticated': {
    readonly why: 'missing' | 'malformed' | 'refused' | 'inactive' | 'wrong_audience'
    readonly audience?: string
    /** Of a refused token: what is wrong with it, for dialects that say so. */
    readonly fault?: string
    /** The id of a token that lives long, and whose it is. */
    readonly token?: { readonly id: string; readonly clientId: string }
  }
  readonly 'client_key.refused': Nothing
  readonly 'actor.forbidden': { readonly action: Action; readonly needed: readonly Permission[] }
  readonly 'grant.exceeds_own': {
    /** Whether too much was given, or the account or role that is changed has too much. */
    readonly where: 'given' | 'account' | 'role' | 'user' | 'group'
    readonly permission?: Permission
    readonly audience?: string
  }
  readonly 'account.not_found': Nothing
  readonly 'company.not_found': Nothing
  readonly 'project.not_found': Nothing
  readonly 'environment.not_found': Nothing
  readonly 'role.not_found': Nothing
  readonly 'subject.not_found': Nothing
  readonly 'resource.not_found': Nothing
  /** Somebody who holds it. */
  readonly 'role.in_use': { readonly holder: string }
  readonly 'user.not_found': Nothing
  readonly 'group.not_found': Nothing
  /** Whether it was to end, or to change. */
  readonly 'member.is_self': { readonly asked: 'remove' | 'change' }
  readonly 'account.last_manager': Nothing
  readonly 'company.last_owner': Nothing
  readonly 'account.wrong_move': {
    readonly from: AccountState
    readonly to: AccountState
    /** Whether it was asked for as a move, or as a change. */
    readonly asked: 'move' | 'change'
  }
  readonly 'credential.not_found': Nothing
  readonly 'client_key.not_found': Nothing
  readonly 'issuer.not_found': Nothing
  readonly 'token.not_found': Nothing
  readonly 'status_list.not_found': Nothing
  readonly 'route.not_found': { readonly place: string }
  readonly 'method.not_allowed': { readonly expected: string; readonly got: string }
  readonly 'name.taken': {
    readonly key: string
    /** What has that name, and the name, where whoever asks gave it. */
    readonly by?: { readonly kind: 'service_account' | 'token'; readonly name: string }
  }
  readonly 'key.taken': { readonly kid: string }
  readonly 'credential.limit': { readonly most: number }
  readonly 'token.limit': { readonly most: number }
  /** Somebody else was faster. */
  readonly 'token.regenerated': Nothing
  readonly 'client_key.limit': { readonly most: number }
  readonly 'group.limit': { readonly most: number; readonly of: 'groups' | 'members' }
  readonly 'role.limit': { readonly most: number }
  readonly 'environment.limit': { readonly most: number }
  readonly 'project.limit': { readonly most: number; readonly of: 'company' | 'maker' }
  readonly 'issuer.limit': { readonly most: number }
  /** What the settings call it. */
  readonly 'issuer.configured': { readonly name: string }
  readonly 'registration.closed': Nothing
  readonly 'registration.throttled': Retry
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
