import type { Action } from '../access/actions.ts'
import type { Rights } from '../access/decide.ts'
import { assertMayChange } from '../access/may-grant.ts'
import { idOf } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import { change, type Demand, type Step, type Target } from '../change.ts'
import { keepsOwner } from '../companies/keep-owner.ts'
import type { Context } from '../context.ts'
import type { Owner } from '../owner.ts'
import type { Account, KnownAccount } from './account.ts'
import { assertNotLast } from './managers.ts'

/** Which account a use case is about, as its caller names it. */
export interface AccountTarget {
  /** Whom it must belong to; absent: to root; `anybody`: asked for is who may do this at the root. */
  readonly owner?: Owner | 'anybody'
  readonly clientId: string
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number
  readonly demand?: Demand
}

/** An account below a place that is gone is gone with it. */
async function isThere({ known }: Context, account: Account): Promise<boolean> {
  await known.catchUp()
  return pathOf(known, account.owner) !== undefined
}

/** What is known of an account, where it is looked for. */
export function accountHere(
  { known }: Pick<Context, 'known'>,
  { clientId, owner = 'root' }: AccountTarget,
): KnownAccount | undefined {
  const here = known.accountByClientId(clientId)
  return owner === 'anybody' || here?.owner === owner ? here : undefined
}

/**
 * The account of a client id. One that is known to be where it is looked for is read by its id, which no store does
 * faster otherwise; any other is looked for in one way, whether it is elsewhere or nowhere.
 */
async function accountWith(ctx: Context, target: AccountTarget): Promise<Account | undefined> {
  const { store } = ctx
  const { clientId } = target
  const here = accountHere(ctx, target)
  const account = here && (await store.get('account', here.id))
  return account?.clientId === clientId
    ? account
    : await store.find('account', 'clientId', clientId)
}

/** Where an account is looked for. */
export function accountAt({
  clientId,
  owner = 'root',
  ifVersion,
  demand,
}: AccountTarget): Target<'account'> {
  return {
    kind: 'account',
    find: async (ctx) => {
      const account = await accountWith(ctx, { clientId, owner })
      if (!account) return undefined
      const isMeant = owner === 'anybody' ? isThere(ctx, account) : account.owner === owner
      return (await isMeant) ? account : undefined
    },
    on: owner === 'anybody' ? 'root' : owner,
    absent: 'account.not_found',
    ifVersion,
    demand,
  }
}

/** No company loses its last owner with an account of it. */
export function keepsOwnerBeside(ctx: Context, action: Action) {
  return async (before: Account, after: Account): Promise<void> => {
    await keepsOwner(ctx, 'account', { companyId: idOf(before.owner), action })(before, after)
  }
}

/** Changes an account that holds no more than whoever changes it. */
export async function changeAccount<T>(
  ctx: Context,
  target: AccountTarget,
  { action, decide }: Step<'account', T>,
): Promise<{ readonly account: Account; readonly result: T }> {
  const { record, result } = await change(ctx, accountAt(target), {
    action,
    decide: (before, rights: Rights) => {
      assertMayChange(ctx.known, rights, before)
      const decided = decide(before, rights)
      return { ...decided, after: { ...decided.after, updatedAt: ctx.now() } }
    },
    guard: async (before, after) => {
      await assertNotLast(ctx, before, after)
      await keepsOwnerBeside(ctx, action)(before, after)
    },
  })
  return { account: record, result }
}
