import { assertMayGrant } from '../access/permit.ts'
import type { Context } from '../context.ts'
import type { Account, AccountState } from './account.ts'
import { type ChangeTarget, changeAccount } from './change.ts'
import { knownPermissions } from './create.ts'

export interface AccountPatch {
  readonly name?: string
  readonly description?: string
  readonly permissions?: readonly string[]
  readonly audiences?: readonly string[]
  readonly state?: AccountState
}

/** Changes what an account is called and may do. Disabling it ends its access tokens for good. */
export async function updateAccount(
  ctx: Context,
  target: ChangeTarget,
  patch: AccountPatch,
): Promise<Account> {
  const { permissions: given, ...rest } = patch
  const permissions = given && knownPermissions(given)
  const { account } = await changeAccount(ctx, target, (before, held) => {
    if (permissions) assertMayGrant(held, permissions)
    // At both turns: tokens that were made while the store took the first one end with the second.
    const changesState =
      rest.state === 'disabled' || (rest.state !== undefined && rest.state !== before.state)
    const epoch = changesState ? { tokensNotBefore: newEpoch(ctx, before) } : {}
    const after = { ...before, ...rest, ...(permissions && { permissions }), ...epoch }
    return { action: 'account.update', after, result: undefined }
  })
  return account
}

/** The later one wins: a clock that was set back revives nothing. */
function newEpoch(ctx: Context, { tokensNotBefore }: Account): number {
  return Math.max(tokensNotBefore, ctx.now())
}

/** Ends every access token that was issued to the account up to now. */
export async function revokeTokens(ctx: Context, target: ChangeTarget): Promise<Account> {
  const { account } = await changeAccount(ctx, target, (before) => ({
    action: 'account.revoke_tokens',
    after: { ...before, tokensNotBefore: newEpoch(ctx, before) },
    result: undefined,
  }))
  return account
}

/** Deletes an account with its credentials, for good; what is left is a tombstone without secrets. */
export async function deleteAccount(ctx: Context, target: ChangeTarget): Promise<void> {
  await changeAccount(ctx, target, (before) => {
    const purgeAfter = ctx.now() + ctx.limits.tombstoneSeconds * 1000
    const after = { ...before, live: false, credentials: [], purgeAfter }
    return { action: 'account.delete', after, result: undefined }
  })
}
