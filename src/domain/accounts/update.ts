import type { Rights } from '../access/decide.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import type { Context } from '../context.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { tombstone } from '../tree-records.ts'
import { type Account, withTokensEnded } from './account.ts'
import { type AccountTarget, changeAccount } from './change.ts'
import { assertDefault, knownPermissions, withClaims } from './create.ts'
import { assertClaimsAreFree } from './custom-claims.ts'
import { type AccountState, movesFrom } from './states.ts'

/** What shall be different of an account; what is absent stays. */
export interface AccountPatch {
  readonly name?: string
  readonly description?: string
  readonly permissions?: readonly string[]
  readonly audiences?: readonly string[]
  /** Null takes it away. */
  readonly defaultAudience?: string | null
  /** An empty list takes all away. */
  readonly allowedCustomClaims?: readonly string[]
  readonly state?: AccountState
  readonly metadata?: Readonly<Record<string, string>>
}

function withDefault(
  { defaultAudience: former, ...rest }: Account,
  given?: string | null,
): Account {
  const wanted = given === undefined ? former : given
  const after =
    wanted === undefined || wanted === null ? rest : { ...rest, defaultAudience: wanted }
  assertDefault(after)
  return after
}

function withClaimsOf({ allowedCustomClaims: former, ...rest }: Account, given = former): Account {
  return { ...rest, ...withClaims(given) }
}

/** A new name is compared as all new names are. */
function named({ nameFold, ...before }: Account, name: string | undefined): Account {
  const isKept = nameFold === undefined || name !== undefined
  return isKept ? before : { ...before, nameFold }
}

/** The account as it shall be. Disabling it ends its access tokens for good. */
export function patched(before: Account, patch: AccountPatch): Account {
  const { permissions: given, defaultAudience, allowedCustomClaims, ...rest } = patch
  const granted = { ...rest, ...(given && { permissions: knownPermissions(given) }) }
  // At both turns: tokens that were made while the store took the first one end with the second.
  const { state } = rest
  const changesState = state === 'disabled' || (state !== undefined && state !== before.state)
  const audienced = withDefault({ ...named(before, patch.name), ...granted }, defaultAudience)
  const after = withClaimsOf(audienced, allowedCustomClaims)
  return changesState ? withTokensEnded(after) : after
}

/** What was put into the trash comes out by the moves of the console's own engine alone. */
function assertMayMove({ state: from }: Account, { state: to }: AccountPatch): void {
  const isOut = from === 'trash' || from === 'deleted'
  if (!isOut || to === undefined || movesFrom[from].includes(to)) return
  throw new Problem('account.wrong_move', { from, to, asked: 'change' })
}

/**
 * Nobody gives what they do not hold. Fails with `grant.exceeds_own`, `permission.unknown` or
 * `account.wrong_move`.
 */
export function assertMayPatch(
  ctx: Context,
  rights: Rights,
  { before, patch }: { readonly before: Account; readonly patch: AccountPatch },
): void {
  assertSeen(patch.name)
  assertClaimsAreFree(patch.allowedCustomClaims)
  assertMayMove(before, patch)
  const { permissions, audiences } = patch
  assertMayGrant(ctx.known, rights, {
    owner: before.owner,
    ...(audiences && { audiences }),
    ...(permissions && { permissions: knownPermissions(permissions) }),
  })
}

function assertPermissionsFit({ owner }: Account, { permissions = [] }: AccountPatch): void {
  if (owner === 'root' || permissions.length === 0) return
  throw new Problem('request.invalid', { rule: 'permissions_are_of_root' })
}

/** Changes what an account is called and may do. */
export async function updateAccount(
  ctx: Context,
  target: AccountTarget,
  patch: AccountPatch,
): Promise<Account> {
  assertSeen(patch.name)
  assertClaimsAreFree(patch.allowedCustomClaims)
  knownPermissions(patch.permissions ?? [])
  const { account } = await changeAccount(ctx, target, {
    action: 'account.update',
    decide: (before, rights) => {
      assertPermissionsFit(before, patch)
      assertMayPatch(ctx, rights, { before, patch })
      return { after: patched(before, patch), result: undefined }
    },
  })
  return account
}

/** Ends every access token that was issued to the account up to now. */
export async function revokeTokens(ctx: Context, target: AccountTarget): Promise<Account> {
  const { account } = await changeAccount(ctx, target, {
    action: 'account.revoke_tokens',
    decide: (before) => ({ after: withTokensEnded(before), result: undefined }),
  })
  return account
}

/** What a deletion leaves of an account: a tombstone without secrets. */
export function accountTombstone(ctx: Context, before: Account): Account {
  return { ...tombstone(ctx, before), credentials: [] }
}

/** Deletes an account with its credentials, for good; what is left is a tombstone without secrets. */
export async function deleteAccount(ctx: Context, target: AccountTarget): Promise<void> {
  await changeAccount(ctx, target, {
    action: 'account.delete',
    decide: (before) => ({ after: accountTombstone(ctx, before), result: undefined }),
  })
}
