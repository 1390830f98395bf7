import type { Context } from '../context.ts'
import { ensureInstallation, writeRestored } from './ensure.ts'
import type { Installation } from './installation.ts'

/**
 * The store was put back to an older state: access tokens that were issued so far end, and assertions
 * that were made so far are refused, because which of them were used is forgotten.
 */
export async function raiseEpoch(ctx: Context, mark?: string): Promise<Installation> {
  const before = await ensureInstallation(ctx, mark)
  const now = ctx.now()
  // Never the number of a state that was left: the moment is greater than any count of restores.
  const epoch = Math.max(before.epoch + 1, Math.floor(now / 1000))
  return await writeRestored(ctx, before, { epoch, restoredAt: now })
}
