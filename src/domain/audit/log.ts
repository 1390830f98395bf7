import { permit } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { cursorAt, type ListName, placeAt } from '../lists/cursor.ts'
import { Problem } from '../problem.ts'
import type { EventFilter, EventQuery, Store } from '../store.ts'
import type { Event } from './event.ts'

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

async function eventsOf(store: Store, query: EventQuery): Promise<EventPage> {
  const { limit, offset = 0, before, ...filter } = query
  if (Object.keys(filter).length > 0) return await filteredEvents(store, query)
  const total = await store.head()
  // Numbers have no gaps: without a filter the place of a page is known without a look.
  const first = (before ?? total + 1) - offset
  return { ...(await pageOf(store, { before: first, limit })), total }
}

/** Reads the audit log, newest first: at an offset, or before a number. */
export async function listEvents(ctx: Context, query: EventQuery): Promise<EventPage> {
  await permit(ctx, 'audit.list', 'root')
  return await eventsOf(ctx.store, query)
}

/** Which page of a log is asked for: by its number from 1, or by what the page before said. */
export interface PageAsked {
  readonly at: { readonly page: number } | { readonly cursor: string }
  readonly perPage: number
}

/** Which entries of the log are asked for, and which page of them. */
export interface LogAsked extends PageAsked {
  readonly filter: EventFilter
}

/** A page of a log, with the cursor of the next; undefined on the last one. */
export type LogPage = Omit<EventPage, 'next'> & { readonly next: string | undefined }

function placeOf(ctx: Context, list: ListName, { at, perPage }: PageAsked) {
  if ('page' in at) return { offset: (at.page - 1) * perPage }
  return { before: Number(placeAt(ctx.peppers, list, at.cursor).id) }
}

/** Reads a page of the log, newest first. Fails with `request.invalid` for a foreign cursor. */
export async function logPage(ctx: Context, asked: LogAsked): Promise<LogPage> {
  await permit(ctx, 'audit.list', 'root')
  const { filter, perPage: limit } = asked
  const sorting = { by: 'createdAt', isDescending: true } as const
  const list = { of: ['audit'], sorting, search: '', filter }
  const found = await eventsOf(ctx.store, { ...filter, ...placeOf(ctx, list, asked), limit })
  const at = cursorAt(ctx.peppers, list)
  const next = found.next === undefined ? undefined : at({ key: '', id: String(found.next) })
  return { ...found, next }
}

/** So many entries are read at once for whoever wants them all. */
const slice = 200

/** All entries that a filter leaves, newest first, some at a time; leave is asked for each time. */
export async function* everyEventOf(
  store: Store,
  filter: EventFilter,
  leave: () => Promise<unknown>,
): AsyncGenerator<readonly Event[]> {
  for (let before: number | undefined; ; ) {
    await leave()
    const where = before === undefined ? {} : { before }
    const events = await store.events({ ...filter, ...where, newestFirst: true, limit: slice })
    yield events
    before = events.at(-1)?.seq
    if (events.length < slice) return
  }
}

/** All entries of the log that a filter leaves, newest first, some at a time. */
export function everyEvent(ctx: Context, filter: EventFilter): AsyncGenerator<readonly Event[]> {
  return everyEventOf(ctx.store, filter, () => permit(ctx, 'audit.list', 'root'))
}

/** Reads those entries that a filter leaves, newest first. Fails with `request.invalid`. */
export async function filteredEvents(store: Store, query: EventQuery): Promise<EventPage> {
  const { limit: _limit, offset = 0, before: _before, ...filter } = query
  const total = await countUpTo(store, filter)
  assertReachable(offset)
  return { ...(await pageOf(store, query)), total }
}

/** One more than is shown tells whether there is another page. */
async function pageOf(store: Store, query: EventQuery): Promise<Omit<EventPage, 'total'>> {
  const found = await store.events({ ...query, newestFirst: true, limit: query.limit + 1 })
  const events = found.slice(0, query.limit)
  return { events, next: found.length > query.limit ? events.at(-1)?.seq : undefined }
}

async function countUpTo(store: Store, filter: EventFilter): Promise<number | undefined> {
  const count = await store.countEvents(filter, mostPassed + 1)
  return count > mostPassed ? undefined : count
}

function assertReachable(offset: number): void {
  if (offset <= mostPassed) return
  throw new Problem('request.invalid', { rule: 'pages_are_bounded', mostEntries: mostPassed })
}
