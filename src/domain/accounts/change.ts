import type { Permission } from '../access/permissions.ts'
import { assertMayChange, permit } from '../access/permit.ts'
import type { AuditAction } from '../audit/actions.ts'
import type { Context } from '../context.ts'
import { isProblem, Problem } from '../problem.ts'
import type { Account } from './account.ts'
import { accountEvent } from './facts.ts'
import { findAccount, manage } from './read.ts'

const attempts = 20

/** What a change makes of an account, and which event it leaves; the version is the store's. */
export interface Decision<T> {
  readonly action: AuditAction
  readonly after: Account
  readonly result: T
}

export interface ChangeTarget {
  readonly clientId: string
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number
}

/**
 * The one way in which an account changes: find, permit, decide, commit. Rights and record are read
 * anew at each attempt, immediately before the write; a lost race is decided again.
 */
export async function changeAccount<T>(
  ctx: Context,
  target: ChangeTarget,
  decide: (account: Account, held: readonly Permission[]) => Decision<T>,
): Promise<{ readonly account: Account; readonly result: T }> {
  for (let attempt = 1; ; attempt += 1) {
    const held = await permit(ctx, manage)
    const before = await findAccount(ctx, target.clientId)
    assertMayChange(held, before)
    checkVersion(before, target.ifVersion)
    const { action, after, result } = decide(before, held)
    const next = { ...after, version: before.version + 1, updatedAt: ctx.now() }
    try {
      await ctx.store.commit('account', next, accountEvent(ctx, action, { before, after: next }))
      return { account: next, result }
    } catch (error) {
      if (!isProblem(error, 'record.conflict') || attempt === attempts) throw error
    }
  }
}

function checkVersion(account: Account, ifVersion: number | undefined): void {
  if (ifVersion !== undefined && ifVersion !== account.version) {
    throw new Problem('version.stale', 'If-Match: the account has changed since; read it again', {
      field: 'If-Match',
    })
  }
}
