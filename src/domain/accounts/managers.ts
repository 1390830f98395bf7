import type { Context } from '../context.ts'
import { everyPage } from '../every-page.ts'
import { ensureInstallation, writeInstallation } from '../installation/ensure.ts'
import type { Ending } from '../installation/installation.ts'
import { Problem } from '../problem.ts'
import { type Account, hasWayIn, isActive } from './account.ts'

/** Whether an account can log in, and manage all others. */
function canManage(account: Account, now: number): boolean {
  const isHeld = account.permissions.includes('console.root.serviceaccount.manage')
  return hasWayIn(account, now) && isHeld && isActive(account) && account.owner === 'root'
}

/** Whether what was announced may still happen: the account is as it was then. */
async function isPending(ctx: Context, { account, version }: Ending): Promise<boolean> {
  return (await ctx.store.get('account', account))?.version === version
}

async function pendingBeside(ctx: Context, own: string, ending: readonly Ending[]) {
  const others: Ending[] = []
  for (const each of ending) {
    if (each.account !== own && (await isPending(ctx, each))) others.push(each)
  }
  return others
}

async function hasAnother(ctx: Context, without: ReadonlySet<string>): Promise<boolean> {
  for await (const accounts of everyPage(ctx.store, 'account')) {
    if (accounts.some((one) => !without.has(one.id) && canManage(one, ctx.now()))) return true
  }
  return false
}

/**
 * Sees to it that somebody can manage accounts after this change too. The last two could end each
 * other in the same moment, so each ending is announced in the one record of the installation first:
 * of two announcements one is written later, and counts the other's account as ended. One that a
 * crash left behind counts only until its account changes. Fails with `account.last_manager`, or with
 * `record.conflict` when the announcement lost a race.
 */
export async function assertNotLast(ctx: Context, before: Account, after: Account): Promise<void> {
  if (!canManage(before, ctx.now()) || canManage(after, ctx.now())) return
  const installation = await ensureInstallation(ctx)
  const others = await pendingBeside(ctx, before.id, installation.ending)
  const without = new Set([before.id, ...others.map(({ account }) => account)])
  if (!(await hasAnother(ctx, without))) throw new Problem('account.last_manager', {})
  const ending = [...others, { account: before.id, version: before.version }]
  await writeInstallation(ctx, installation, { ending })
}
