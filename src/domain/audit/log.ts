import { permit } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import type { EventQuery, Store } from '../store.ts'
import { isChained } from './chain.ts'
import type { Event } from './event.ts'

const page = 500

/** Some entries of the log, and how many there are in all. */
export interface EventPage {
  readonly events: readonly Event[]
  readonly total: number
}

/** Reads the audit log, newest first. */
export async function listEvents(ctx: Context, query: EventQuery): Promise<EventPage> {
  await permit(ctx, 'audit.list', { type: 'audit_log', owner: 'root' })
  const { limit: _limit, offset: _offset, ...filter } = query
  const events = await ctx.store.events({ ...query, newestFirst: true })
  return { events, total: await ctx.store.countEvents(filter) }
}

type LogVerdict =
  | { readonly isSound: true; readonly count: number; readonly lastHash: string }
  | { readonly isSound: false; readonly brokenAt: number }

/** A page with an entry that cannot be read is read entry by entry, up to that one. */
async function pageAfter(store: Pick<Store, 'events'>, after: number): Promise<readonly Event[]> {
  try {
    return await store.events({ after, limit: page })
  } catch (error) {
    if (!isProblem(error, 'store.damaged')) throw error
    return await store.events({ after, limit: 1 })
  }
}

async function* allEvents(store: Pick<Store, 'events'>): AsyncGenerator<Event> {
  let after = 0
  for (;;) {
    const events = await pageAfter(store, after)
    yield* events
    after = events.at(-1)?.seq ?? after
    if (events.length === 0) return
  }
}

/** Recomputes the chain of hashes from the first entry to the last. */
export async function verifyLog(store: Pick<Store, 'events'>): Promise<LogVerdict> {
  let previous: Event | undefined
  try {
    for await (const event of allEvents(store)) {
      if (!isChained(event, previous)) return { isSound: false, brokenAt: (previous?.seq ?? 0) + 1 }
      previous = event
    }
  } catch (error) {
    if (!isProblem(error, 'store.damaged')) throw error
    return { isSound: false, brokenAt: (previous?.seq ?? 0) + 1 }
  }
  return { isSound: true, count: previous?.seq ?? 0, lastHash: previous?.hash ?? '' }
}
