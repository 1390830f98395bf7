import { type Binding, bindingShape } from '../access/binding.ts'
import { type RootPermission, rootPermissionNames } from '../access/permissions.ts'
import {
  type Credential,
  credentialShape,
  isUsable,
  type KnownCredential,
} from '../credentials/credential.ts'
import type { Id } from '../ids.ts'
import type { Owner } from '../owner.ts'
import { type Digest, digestShape } from '../secret.ts'
import {
  count,
  list,
  number,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  textsByName,
} from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'
import { type AccountState, accountStates } from './states.ts'

/** How an account logs in (RFC 7591 token_endpoint_auth_method); fixed when it is created. */
export const authMethods = ['client_secret_basic', 'private_key_jwt'] as const

/** One of the ways to log in. */
export type AuthMethod = (typeof authMethods)[number]

/** A service account with all that must change together with it. Times are milliseconds. */
export interface Account extends Versioned {
  readonly id: Id<'account'>
  readonly clientId: string
  readonly owner: Owner
  readonly name: string
  /** The name is still compared as in the first release, since another account has it by now. */
  readonly nameFold?: 'former'
  readonly description: string
  /** What whoever made it wrote beside it, by name; absent: nothing. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly authMethod: AuthMethod
  readonly state: AccountState
  /** What it may do in the whole installation; only root accounts have any. */
  readonly permissions: readonly RootPermission[]
  /** The roles that it holds in its company. */
  readonly bindings: readonly Binding[]
  /** The audiences that it may ask for, besides the default resource. */
  readonly audiences: readonly string[]
  /** The one of them that its tokens are for when no request names any. */
  readonly defaultAudience?: string
  /** Claims of its assertions that go into its tokens; absent: none. */
  readonly allowedCustomClaims?: readonly string[]
  readonly credentials: readonly Credential[]
  /** Where the account publishes its keys (RFC 7591 jwks_uri). */
  readonly jwksUri?: string
  /** Raised by what ends access tokens; each carries the one that it was issued under. */
  readonly generation: number
  /** Deleted credentials whose tokens are refused, the newest last; absent: none. */
  readonly endedCredentials?: readonly Id<'credential'>[]
  /** What the first release kept instead: tokens issued up to this moment are refused. */
  readonly tokensNotBefore?: number
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
  /**
   * Of the first account alone: the client key that belongs to it. It is written with the account, so
   * that whoever finds the account and not the key can make the key without knowing its value.
   */
  readonly firstClientKey?: Digest
}

/** What is stored of an account. */
export const accountShape: Shape<Account> = object<Account>({
  ...versionedMembers,
  id: text<Id<'account'>>(),
  clientId: text(),
  owner: text<Owner>(),
  name: text(),
  nameFold: optional(oneOf('former')),
  description: text(),
  metadata: optional(textsByName),
  authMethod: oneOf(...authMethods),
  state: oneOf(...accountStates),
  permissions: list(oneOf(...rootPermissionNames)),
  bindings: list(bindingShape),
  audiences: list(text()),
  defaultAudience: optional(text()),
  allowedCustomClaims: optional(list(text())),
  credentials: list(credentialShape),
  jwksUri: optional(text()),
  generation: count,
  endedCredentials: optional(list(text<Id<'credential'>>())),
  tokensNotBefore: optional(number),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
  firstClientKey: optional(digestShape),
})

/** Shape 1 had a moment in the place of the generation, 0 for none; it holds until a raise. */
export function withGeneration(former: Readonly<Record<string, unknown>>) {
  const { tokensNotBefore, ...rest } = former
  return { ...rest, generation: 0, ...(tokensNotBefore !== 0 && { tokensNotBefore }) }
}

/** Shape 2 knew no roles: all accounts were root's. */
export function withBindings(former: Readonly<Record<string, unknown>>) {
  return { ...former, bindings: [] }
}

/** What a login needs to know of an account: what a process keeps in memory of every one. */
export interface KnownAccount
  extends Pick<
    Account,
    | 'id'
    | 'version'
    | 'live'
    | 'purgeAfter'
    | 'clientId'
    | 'owner'
    | 'name'
    | 'authMethod'
    | 'state'
    | 'permissions'
    | 'bindings'
    | 'audiences'
    | 'defaultAudience'
    | 'allowedCustomClaims'
    | 'jwksUri'
    | 'generation'
    | 'endedCredentials'
    | 'tokensNotBefore'
  > {
  readonly credentials: readonly KnownCredential[]
}

/** Whether an account is there and may log in. */
export function isActive<A extends Pick<Account, 'live' | 'state'>>(
  account: A | undefined,
): account is A {
  return account?.live === true && account.state === 'enabled'
}

/** Whether an account has anything to log in with at this moment (ms). */
export function hasWayIn(
  { jwksUri, credentials }: Pick<KnownAccount, 'jwksUri' | 'credentials'>,
  now: number,
): boolean {
  return jwksUri !== undefined || credentials.some((own) => isUsable(own, now))
}

/** The account with all access tokens that it has so far ended: no clock decides which they are. */
export function withTokensEnded(before: Account): Account {
  const { tokensNotBefore: _moment, endedCredentials: _ids, ...account } = before
  return { ...account, generation: account.generation + 1 }
}
