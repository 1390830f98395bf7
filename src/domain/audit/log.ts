import { permit } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { cursorAt, type ListName, placeAt } from '../lists/cursor.ts'
import { isFound } from '../lists/order.ts'
import { foldName } from '../names.ts'
import { Problem } from '../problem.ts'
import type { EventFilter, EventQuery, Store } from '../store.ts'
import type { Event } from './event.ts'
import { eventsBehind, type Part, walked } from './walk.ts'

/** So many events of a filter are counted and passed over at most: both cost a step each. */
const mostPassed = 10_000

/** Some entries of the log, and how many there are in all. */
export interface EventPage {
  readonly events: readonly Event[]
  /** How many there are on all pages; undefined when a filter leaves more than are counted. */
  readonly total: number | undefined
  /** The number to ask for events behind it; undefined on the last page. */
  readonly next: number | undefined
}

async function eventsOf(store: Store, filter: EventFilter, part: Part): Promise<EventPage> {
  if (Object.keys(filter).length > 0) return await filteredEvents(store, filter, part)
  const total = await store.head()
  const { offset = 0, isOldestFirst, limit } = part
  // Numbers have no gaps: without a filter the place of a page is known without a look.
  const place = isOldestFirst ? (part.place ?? 0) + offset : (part.place ?? total + 1) - offset
  return { ...(await pageOf(store, {}, { place, isOldestFirst, limit })), total }
}

/** Reads the audit log, newest first: at an offset, or before a number. */
export async function listEvents(ctx: Context, query: EventQuery): Promise<EventPage> {
  await permit(ctx, 'audit.list', 'root')
  const { limit, offset, before: place, ...filter } = query
  return await eventsOf(ctx.store, filter, {
    limit,
    place,
    ...(offset !== undefined && { offset }),
  })
}

/** Which page of a log is asked for: by its number from 1, or by what the page before said. */
export interface PageAsked {
  readonly at: { readonly page: number } | { readonly cursor: string }
  readonly perPage: number
  /** Absent: newest first. */
  readonly isOldestFirst?: boolean | undefined
}

/** What entries are searched for in what is shown of them, which no store looks for. */
export interface LogSearch {
  /** A part of what it was done to is called, of its id, or of who did it; in any case of its letters. */
  readonly q?: string
  readonly requestId?: string
}

/** Which entries of the log are asked for, and which page of them. */
export interface LogAsked extends PageAsked {
  readonly filter: EventFilter
  readonly search?: LogSearch
}

/** A page of a log, with the cursor of the next; undefined on the last one. */
export type LogPage = Omit<EventPage, 'next'> & { readonly next: string | undefined }

/** Where a log goes on, in an order. */
export function logSorting({ isOldestFirst = false }: Pick<PageAsked, 'isOldestFirst'>) {
  return { by: 'createdAt', isDescending: !isOldestFirst } as const
}

function partOf(ctx: Context, list: ListName, { at, perPage: limit, isOldestFirst }: PageAsked) {
  if ('page' in at) return { limit, isOldestFirst, offset: (at.page - 1) * limit }
  return { limit, isOldestFirst, place: Number(placeAt(ctx.peppers, list, at.cursor).id) }
}

/** Whether an entry is searched for; undefined where all of them are. */
function testOf({ q, requestId }: LogSearch): ((event: Event) => boolean) | undefined {
  if (q === undefined && requestId === undefined) return undefined
  const search = foldName(q ?? '')
  return ({ target, actor, requestId: id }) =>
    (requestId === undefined || id === requestId) &&
    isFound(search, [target.name, target.id, actor.name, actor.id])
}

/** Reads a page of the log, newest first. Fails with `request.invalid` for a foreign cursor. */
export async function logPage(ctx: Context, asked: LogAsked): Promise<LogPage> {
  await permit(ctx, 'audit.list', 'root')
  const { filter, search = {} } = asked
  const sorting = logSorting(asked)
  const list = { of: ['audit'], sorting, search: '', filter: { ...filter, ...search } }
  const part = partOf(ctx, list, asked)
  const isWanted = testOf(search)
  const found = isWanted
    ? await walked(ctx, { filter, isWanted }, part)
    : await eventsOf(ctx.store, filter, part)
  const next = typeof found.next === 'object' ? found.next.seq : found.next
  const at = cursorAt(ctx.peppers, list)
  return { ...found, next: next === undefined ? undefined : at({ key: '', id: String(next) }) }
}

/** So many entries are read at once for whoever wants them all. */
const slice = 200

/** In which order all entries are wanted, and by what leave, which is asked for each time. */
export interface Every extends Pick<PageAsked, 'isOldestFirst'> {
  readonly leave: () => Promise<unknown>
}

/** All entries that a filter leaves, some at a time. */
export async function* everyEventOf(
  store: Store,
  filter: EventFilter,
  { leave, isOldestFirst }: Every,
): AsyncGenerator<readonly Event[]> {
  for (let place: number | undefined; ; ) {
    await leave()
    const events = await eventsBehind(store, filter, { place, isOldestFirst, limit: slice })
    yield events
    place = events.at(-1)?.seq
    if (events.length < slice) return
  }
}

/** All entries of the log that are asked for, some at a time. */
export async function* everyEvent(
  ctx: Context,
  { filter, search = {}, isOldestFirst }: Omit<LogAsked, 'at' | 'perPage'>,
): AsyncGenerator<readonly Event[]> {
  const leave = () => permit(ctx, 'audit.list', 'root')
  const isWanted = testOf(search) ?? (() => true)
  for await (const some of everyEventOf(ctx.store, filter, { leave, isOldestFirst })) {
    yield some.filter(isWanted)
  }
}

/** Reads those entries that a filter leaves. Fails with `request.invalid`. */
export async function filteredEvents(
  store: Store,
  filter: EventFilter,
  part: Part,
): Promise<EventPage> {
  const total = await countUpTo(store, filter)
  assertReachable(part.offset ?? 0)
  return { ...(await pageOf(store, filter, part)), total }
}

/** One more than is shown tells whether there is another page. */
async function pageOf(
  store: Store,
  filter: EventFilter,
  part: Part,
): Promise<Omit<EventPage, 'total'>> {
  const { limit } = part
  const found = await eventsBehind(store, filter, { ...part, limit: limit + 1 })
  const events = found.slice(0, limit)
  return { events, next: found.length > limit ? events.at(-1)?.seq : undefined }
}

async function countUpTo(store: Store, filter: EventFilter): Promise<number | undefined> {
  const count = await store.countEvents(filter, mostPassed + 1)
  return count > mostPassed ? undefined : count
}

function assertReachable(offset: number): void {
  if (offset <= mostPassed) return
  throw new Problem('request.invalid', { rule: 'pages_are_bounded', mostEntries: mostPassed })
}
