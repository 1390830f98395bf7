import type { Binding } from '../access/binding.ts'
import { boundThere } from '../access/bound.ts'
import type { Context } from '../context.ts'
import { type Credential, isUsable } from '../credentials/credential.ts'
import type { Use } from '../store.ts'
import type { Account } from './account.ts'
import type { Listed } from './lists.ts'
import { areKept, shown } from './shown.ts'
import { isSameUse, lastUseIn, useIdsOf, usesOf } from './uses.ts'

type Dated = Pick<Credential, 'expiresAt' | 'supersededAt'>

/** How the credentials of an account stand. */
export interface Standing {
  readonly liveCredentials: number
  /** Milliseconds: when the next of them ends that no rotation has put out of use; absent: none does. */
  readonly nextExpiresAt?: number
  /** Whether a secret is still good that a rotation put another in the place of. */
  readonly rotating: boolean
}

function earliest(ends: readonly Dated[]): { readonly nextExpiresAt?: number } {
  const times = ends.flatMap(({ expiresAt = [] }) => expiresAt)
  return times.length === 0 ? {} : { nextExpiresAt: Math.min(...times) }
}

/** How credentials stand at this moment (ms). One that is on its way out ends as it should. */
export function standingOf(credentials: readonly Dated[], now: number): Standing {
  const live = credentials.filter((credential) => isUsable(credential, now))
  const current = live.filter(({ supersededAt }) => supersededAt === undefined)
  const rotating = current.length < live.length
  return { liveCredentials: live.length, ...earliest(current), rotating }
}

/** An account with what a page shows beside it. */
export interface SeenAccount extends Standing {
  readonly account: Account
  /** Its roles, without those whose place or role is gone. */
  readonly roles: readonly Binding[]
  /** Absent when it never logged in with what it still has. */
  readonly lastUse?: Use
}

/** How accounts were last seen, and the tree by then: whoever shows one again knows it by this. */
const lastSeen = new WeakMap<Account, { readonly seen: SeenAccount; readonly revision: number }>()

function areSame(some: readonly Binding[], others: readonly Binding[]): boolean {
  return some.length === others.length && some.every((binding, at) => binding === others[at])
}

/** Whether nothing changed since, but maybe its roles. */
function isAsSeen(seen: SeenAccount, now: Standing, lastUse: Use | undefined): boolean {
  return (
    seen.liveCredentials === now.liveCredentials &&
    seen.nextExpiresAt === now.nextExpiresAt &&
    seen.rotating === now.rotating &&
    isSameUse(seen.lastUse, lastUse)
  )
}

type Uses = ReadonlyMap<string, Use>

function seenNow(ctx: Context, uses: Uses, account: Account): SeenAccount {
  const lastUse = lastUseIn(uses, account)
  const standing = standingOf(account.credentials, ctx.now())
  const roles = boundThere(ctx.known, account.bindings)
  return { account, roles, ...standing, ...(lastUse && { lastUse }) }
}

/** The same as it was seen before, where nothing of it changed. */
function seenAgain(ctx: Context, uses: Uses, account: Account): SeenAccount {
  const { revision } = ctx.known
  const former = lastSeen.get(account)
  const standing = former && standingOf(account.credentials, ctx.now())
  const isSame = standing && isAsSeen(former.seen, standing, lastUseIn(uses, account))
  if (isSame && former.revision === revision) return former.seen
  const now = seenNow(ctx, uses, account)
  const seen = isSame && areSame(former.seen.roles, now.roles) ? former.seen : now
  lastSeen.set(account, { seen, revision })
  return seen
}

/** Reads accounts of one list, some at a time, with what a page shows beside them: those that are still there. */
export function seenReader(ctx: Context, listed: readonly Listed[]) {
  const keeps = areKept(listed)
  const see = keeps ? seenAgain : seenNow
  return async (some: readonly Listed[]): Promise<readonly SeenAccount[]> => {
    const accounts = await shown(ctx, some, keeps)
    const uses = await usesOf(ctx, accounts)
    return accounts.map((account) => see(ctx, uses, account))
  }
}

/** Last uses that were asked for ahead. */
export interface UsesAhead {
  readonly ids: ReadonlySet<string>
  readonly uses: Uses
}

/** The same of one account. Its last uses are read, unless all of them were asked for ahead. */
export async function seenOne(
  ctx: Context,
  account: Account,
  ahead?: UsesAhead,
): Promise<SeenAccount> {
  const ids = useIdsOf(account)
  const isAsked = ahead && ids.every((id) => ahead.ids.has(id))
  return seenNow(ctx, isAsked ? ahead.uses : await ctx.store.uses(ids), account)
}
