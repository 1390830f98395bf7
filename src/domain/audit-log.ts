import { permit } from './access.ts'
import { type Event, isSealed } from './audit.ts'
import type { Context } from './context.ts'
import type { EventQuery, Store } from './store.ts'

const page = 500

export interface EventPage {
  readonly events: readonly Event[]
  readonly total: number
}

/** Reads the audit log, newest first. */
export async function listEvents(ctx: Context, query: EventQuery): Promise<EventPage> {
  await permit(ctx, 'console.root.view')
  const { limit: _limit, offset: _offset, ...filter } = query
  const events = await ctx.store.events({ ...query, newestFirst: true })
  return { events, total: await ctx.store.countEvents(filter) }
}

type LogVerdict =
  | { readonly isSound: true; readonly count: number; readonly lastHash: string }
  | { readonly isSound: false; readonly brokenAt: number }

async function* allEvents(store: Pick<Store, 'events'>): AsyncGenerator<Event> {
  let after = 0
  for (;;) {
    const events = await store.events({ after, limit: page })
    yield* events
    after = events.at(-1)?.seq ?? after
    if (events.length < page) return
  }
}

/** Recomputes the chain of hashes from the first entry to the last. */
export async function verifyLog(store: Pick<Store, 'events'>): Promise<LogVerdict> {
  let previous: Event | undefined
  for await (const event of allEvents(store)) {
    if (!isSealed(event, previous)) return { isSound: false, brokenAt: (previous?.seq ?? 0) + 1 }
    previous = event
  }
  return { isSound: true, count: previous?.seq ?? 0, lastHash: previous?.hash ?? '' }
}
