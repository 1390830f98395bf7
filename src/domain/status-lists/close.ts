import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { everyPage } from '../every-page.ts'
import { makeList } from './reserve.ts'
import { listNumber, type StatusList } from './status-list.ts'

async function close(ctx: Context, before: StatusList): Promise<void> {
  const after = { ...before, isClosed: true, version: before.version + 1 }
  const event = eventOf(ctx, 'status_list', { action: 'status_list.close', before, after })
  await ctx.store.commit('status_list', after, event)
}

/** So many lists may have been begun since the state that a store is put back to: four million tokens. */
const mostBegunSince = 4

/**
 * Closes every list of a store that was put back to an older state: it does not know which places were
 * given away since, and of whose tokens nothing is left. The next numbers are passed over, closed: lists
 * of theirs may have been begun since.
 */
export async function closeLists(ctx: Context): Promise<void> {
  let next = 0
  for await (const lists of everyPage(ctx.store, 'status_list')) {
    for (const list of lists) {
      if (!list.isClosed) await close(ctx, list)
      next = Math.max(next, (listNumber(list.id) ?? 0) + 1)
    }
  }
  for (let passed = 0; passed < mostBegunSince; passed += 1) {
    await makeList(ctx, next + passed, { isClosed: true })
  }
}
