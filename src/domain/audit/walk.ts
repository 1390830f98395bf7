import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { EventFilter, Store } from '../store.ts'
import type { Event } from './event.ts'

/** So many entries are read in one turn, and looked at for one page: whoever wants more goes on by cursor. */
const atOnce = 100
const mostLooked = 5000

/** Which entries of what a filter leaves are read. */
export interface Part {
  readonly limit: number
  /** How many to pass over first. */
  readonly offset?: number
  /** The number of an entry, behind which to go on in that order. */
  readonly place?: number | undefined
  readonly isOldestFirst?: boolean | undefined
}

/** Some entries, and the one behind which others may be found; undefined at the end of the log. */
export interface Walked {
  readonly events: readonly Event[]
  /** Undefined unless the walk came from one end of the log to the other. */
  readonly total: number | undefined
  readonly next: Event | undefined
}

/** Reads some entries behind a place, newest first unless it is said otherwise. */
export async function eventsBehind(
  store: Pick<Store, 'events'>,
  filter: EventFilter,
  { place, limit, offset = 0, isOldestFirst = false }: Part,
): Promise<readonly Event[]> {
  const behind = isOldestFirst ? { after: place } : { before: place }
  const where = place === undefined ? {} : behind
  return await store.events({ ...filter, ...where, newestFirst: !isOldestFirst, limit, offset })
}

/** What a walk has seen so far. */
interface Seen {
  readonly found: readonly Event[]
  readonly last: Event | undefined
  readonly isAtEnd: boolean
}

/** Looks at one slice after another until enough is found, or enough was looked at. */
async function lookedAt(
  { store, known }: Pick<Context, 'store' | 'known'>,
  { filter, isWanted, ...part }: Wanted & Pick<Part, 'place' | 'isOldestFirst'>,
  enough: number,
): Promise<Seen> {
  const found: Event[] = []
  let last: Event | undefined
  for (let looked = 0; looked < mostLooked && found.length < enough; looked += atOnce) {
    await known.nextTurn()
    const place = last?.seq ?? part.place
    const some = await eventsBehind(store, filter, { ...part, place, limit: atOnce })
    found.push(...some.filter(isWanted))
    last = some.at(-1) ?? last
    if (some.length < atOnce) return { found, last, isAtEnd: true }
  }
  return { found, last, isAtEnd: false }
}

/** What the store looks for, and what is looked for in what it finds. */
export interface Wanted {
  readonly filter: EventFilter
  readonly isWanted: (event: Event) => boolean
}

/**
 * Reads entries that no store looks for, a slice in each turn. A page may have fewer of them than were
 * asked for, where many were looked at. Fails with `request.invalid` for a page that lies behind those.
 */
export async function walked(
  ctx: Pick<Context, 'store' | 'known'>,
  wanted: Wanted,
  { limit, offset = 0, place, isOldestFirst }: Part,
): Promise<Walked> {
  const to = offset + limit
  const { found, last, isAtEnd } = await lookedAt(ctx, { ...wanted, place, isOldestFirst }, to + 1)
  const events = found.slice(offset, to)
  if (found.length > to) return { events, total: undefined, next: found[to - 1] }
  if (isAtEnd) {
    return { events, total: place === undefined ? found.length : undefined, next: undefined }
  }
  if (found.length >= offset) return { events, total: undefined, next: last }
  throw new Problem('request.invalid', { rule: 'pages_are_bounded', mostEntries: mostLooked })
}
