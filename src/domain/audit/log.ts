import { permit } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { isProblem, Problem } from '../problem.ts'
import type { EventFilter, EventQuery, Store } from '../store.ts'
import { isChained } from './chain.ts'
import type { Event } from './event.ts'

const page = 500
/** So many events of a filter are counted and passed over at most: both cost a step each. */
const mostPassed = 10_000

/** Some entries of the log, and how many there are in all. */
export interface EventPage {
  readonly events: readonly Event[]
  /** How many there are on all pages; undefined when a filter leaves more than are counted. */
  readonly total: number | undefined
  /** The number to ask for events before; undefined on the last page. */
  readonly next: number | undefined
}

/** Reads the audit log, newest first: at an offset, or before a number. */
export async function listEvents(ctx: Context, query: EventQuery): Promise<EventPage> {
  await permit(ctx, 'audit.list', { type: 'audit_log', owner: 'root' })
  const { limit, offset = 0, before, ...filter } = query
  const isFiltered = Object.keys(filter).length > 0
  const total = isFiltered ? await countUpTo(ctx.store, filter) : await ctx.store.head()
  if (isFiltered) assertReachable(offset)
  // Numbers have no gaps: without a filter the place of a page is known without a look.
  const first = (before ?? (total ?? 0) + 1) - offset
  const place = isFiltered ? { offset, ...(before !== undefined && { before }) } : { before: first }
  const slice = { ...filter, ...place, newestFirst: true }
  // One more than is shown tells whether there is another page.
  const found = await ctx.store.events({ ...slice, limit: limit + 1 })
  const events = found.slice(0, limit)
  return { events, total, next: found.length > limit ? events.at(-1)?.seq : undefined }
}

async function countUpTo(store: Store, filter: EventFilter): Promise<number | undefined> {
  const count = await store.countEvents(filter, mostPassed + 1)
  return count > mostPassed ? undefined : count
}

function assertReachable(offset: number): void {
  if (offset <= mostPassed) return
  throw new Problem('request.invalid', { rule: 'pages_are_bounded', mostEntries: mostPassed })
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

/** From below the first number on: an entry that nobody counted must not stay unseen. */
async function* allEvents(store: Pick<Store, 'events'>): AsyncGenerator<Event> {
  let after = Number.NEGATIVE_INFINITY
  for (;;) {
    const events = await pageAfter(store, after)
    yield* events
    after = events.at(-1)?.seq ?? after
    if (events.length === 0) return
  }
}

/**
 * Recomputes the chain of hashes from the first entry to the last. A store refuses to read an entry
 * that is found by something else than it says.
 */
export async function verifyLog(store: Pick<Store, 'events'>): Promise<LogVerdict> {
  let previous: Event | undefined
  try {
    for await (const event of allEvents(store)) {
      if (!isChained(event, previous)) return { isSound: false, brokenAt: (previous?.seq ?? 0) + 1 }
      previous = event
    }
    // What a store sorts behind every number is served by no list, and must not be there either.
    await store.events({ after: Number.NEGATIVE_INFINITY, newestFirst: true, limit: 1 })
  } catch (error) {
    if (!isProblem(error, 'store.damaged')) throw error
    return { isSound: false, brokenAt: (previous?.seq ?? 0) + 1 }
  }
  return { isSound: true, count: previous?.seq ?? 0, lastHash: previous?.hash ?? '' }
}
