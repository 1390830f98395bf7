import type { Context } from '../context.ts'
import { writePurged } from '../purge/write.ts'
import { unseen } from '../versioned.ts'
import type { FormerValue, Token } from './token.ts'

type Overlap = Pick<FormerValue, 'endsAt' | 'expiresAt'>

/** So many are written at once: they share a write of the store. */
const batch = 100

/** Whether a value is let be for some time that ends before the value does. */
export function isOverlapRunning({ endsAt, expiresAt }: Overlap): boolean {
  return endsAt > 0 && endsAt < expiresAt
}

/** Whether that time is over at this moment (ms), and the value itself is not. */
export function isOverlapOver(former: Overlap, now: number): boolean {
  return isOverlapRunning(former) && former.endsAt <= now && now < former.expiresAt
}

/** By every clock: one that is behind this one revives nothing. */
async function end(ctx: Context, before: Token): Promise<void> {
  const { live, former } = before
  if (!live || !former || !isOverlapOver(former, ctx.now())) return
  const after = { ...unseen(before), former: { ...former, endsAt: 0 } }
  await writePurged(ctx, 'token', { action: 'token.end_overlap', before, after })
}

/**
 * Writes of tokens whose overlap is over that their former values ended, each once, whichever process
 * is the first: those who check offline learn of it from the log.
 */
export async function endOverlaps(ctx: Context, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) {
    const tokens = await ctx.store.getMany('token', ids.slice(from, from + batch))
    const writes = tokens.map((token) => end(ctx, token))
    await Promise.allSettled(writes)
    await Promise.all(writes)
  }
}
