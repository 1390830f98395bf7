import type { Binding } from '../access/binding.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import { isRootPermission, type RootPermission } from '../access/permissions.ts'
import { permit } from '../access/permit.ts'
import { insert } from '../change.ts'
import { actorRef, type Context } from '../context.ts'
import type { Credential } from '../credentials/credential.ts'
import { type KeyInput, newKey, newSecretCredential } from '../credentials/make.ts'
import { newClientId } from '../ids.ts'
import { assertSeen } from '../names.ts'
import type { Owner } from '../owner.ts'
import { Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import type { Secret } from '../secret.ts'
import type { Account, AuthMethod } from './account.ts'
import { assertClaimsAreFree } from './custom-claims.ts'
import type { AccountState } from './states.ts'

/** What every new account is made of. */
export interface AccountDetails {
  readonly name: string
  readonly description?: string
  readonly authMethod: AuthMethod
  readonly audiences?: readonly string[]
  readonly defaultAudience?: string
  readonly allowedCustomClaims?: readonly string[]
  readonly publicKey?: KeyInput
  readonly jwksUri?: string
  /** Milliseconds: the end of the first credential. */
  readonly expiresAt?: number
  /** Absent: enabled. */
  readonly state?: AccountState
  readonly metadata?: Readonly<Record<string, string>>
}

/** What a new account of root is made of. */
export interface NewAccount extends AccountDetails {
  readonly permissions: readonly string[]
}

/** An account that was just made. */
export interface Created {
  readonly account: Account
  /** Shown this once; absent for `private_key_jwt`. */
  readonly secret?: Secret
}

/** Fails with `permission.unknown`, which names every one that is. */
export function knownPermissions(given: readonly string[]): readonly RootPermission[] {
  const unknown = given.filter((text) => !isRootPermission(text))
  if (unknown.length > 0) throw new Problem('permission.unknown', { unknown })
  return [...new Set(given.filter(isRootPermission))].sort()
}

function checkMethod({ authMethod, publicKey, jwksUri, expiresAt }: AccountDetails): void {
  const hasKeys = publicKey !== undefined || jwksUri !== undefined
  if (authMethod === 'private_key_jwt' && !hasKeys) {
    throw new Problem('request.invalid', { rule: 'key_is_needed' })
  }
  if (publicKey !== undefined && jwksUri !== undefined) {
    throw new Problem('request.invalid', { rule: 'one_source_of_keys' })
  }
  if (jwksUri !== undefined && expiresAt !== undefined) {
    throw new Problem('request.invalid', { rule: 'key_set_has_no_end' })
  }
  if (authMethod === 'client_secret_basic' && hasKeys) {
    throw new Problem('account.method_mismatch', { rule: 'no_keys_beside_secrets' })
  }
}

interface FirstCredential {
  readonly credentials: readonly Credential[]
  readonly secret?: Secret
}

function firstCredential(ctx: Context, input: AccountDetails): FirstCredential {
  const terms = {
    name: 'initial',
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
  }
  if (input.publicKey !== undefined) return { credentials: [newKey(ctx, terms, input.publicKey)] }
  if (input.authMethod === 'private_key_jwt') return { credentials: [] }
  const { credential, secret } = newSecretCredential(ctx, terms)
  return { credentials: [credential], secret }
}

/** What tokens are for by default must be something that they may be for. */
export function assertDefault({
  audiences = [],
  defaultAudience,
}: Pick<AccountDetails, 'audiences' | 'defaultAudience'>): void {
  if (defaultAudience === undefined || audiences.includes(defaultAudience)) return
  throw new Problem('request.invalid', { rule: 'default_is_an_audience' })
}

/** Whom a new account belongs to, and what it may do there. */
export interface Standing {
  readonly owner: Owner
  readonly permissions: readonly RootPermission[]
  readonly bindings: readonly Binding[]
}

/** What an account of root is given. */
export function asRoot(permissions: readonly RootPermission[]): Standing {
  return { owner: 'root', permissions, bindings: [] }
}

/** What no schema can say of a new account. Fails with `request.invalid` or `account.method_mismatch`. */
export function checkNew(input: AccountDetails): void {
  checkMethod(input)
  assertDefault(input)
  assertClaimsAreFree(input.allowedCustomClaims)
  assertSeen(input.name)
}

/** The member of a record that lists the claims of its own; absent where there are none. */
export function withClaims(allowedCustomClaims: readonly string[] = []) {
  return allowedCustomClaims.length > 0 ? { allowedCustomClaims } : {}
}

/** Makes the record of an account and its first credential; whoever calls has asked for leave. */
export function newAccount(ctx: Context, input: AccountDetails, standing: Standing): Created {
  const { credentials, secret } = firstCredential(ctx, input)
  const account = accountWith(ctx, input, { ...standing, credentials })
  return { account, ...(secret && { secret }) }
}

/** Makes the record of an account with these credentials; whoever calls has asked for leave. */
export function accountWith(
  ctx: Context,
  input: AccountDetails,
  { credentials, ...standing }: Standing & Pick<Account, 'credentials'>,
): Account {
  const now = ctx.now()
  return {
    id: newRecordId('account', now),
    version: 1,
    live: true,
    clientId: newClientId(),
    ...standing,
    name: input.name,
    description: input.description ?? '',
    authMethod: input.authMethod,
    state: input.state ?? 'enabled',
    ...(input.metadata && { metadata: input.metadata }),
    audiences: input.audiences ?? [],
    credentials,
    ...(input.defaultAudience !== undefined && { defaultAudience: input.defaultAudience }),
    ...withClaims(input.allowedCustomClaims),
    ...(input.jwksUri !== undefined && { jwksUri: input.jwksUri }),
    generation: 0,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
}

/** Creates a root account. Its secret, if it has one, is in the answer and nowhere else. */
export async function createAccount(ctx: Context, input: NewAccount): Promise<Created> {
  checkNew(input)
  const standing = asRoot(knownPermissions(input.permissions))
  const rights = await permit(ctx, 'account.create', 'root')
  assertMayGrant(ctx.known, rights, { ...input, ...standing })
  const created = newAccount(ctx, input, standing)
  await insert(ctx, 'account', { action: 'account.create', record: created.account })
  return created
}
