import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { everyPage } from '../every-page.ts'
import type { StatusList } from './status-list.ts'

async function close(ctx: Context, before: StatusList): Promise<void> {
  const after = { ...before, isClosed: true, version: before.version + 1 }
  const event = eventOf(ctx, 'status_list', { action: 'status_list.close', before, after })
  await ctx.store.commit('status_list', after, event)
}

/**
 * Closes every list of a store that was put back to an older state: it does not know which places were
 * given away since, and of whose tokens nothing is left.
 */
export async function closeLists(ctx: Context): Promise<void> {
  for await (const lists of everyPage(ctx.store, 'status_list')) {
    for (const list of lists) if (!list.isClosed) await close(ctx, list)
  }
}
