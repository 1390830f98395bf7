import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { foldName } from '../names.ts'
import { cursorAt, type ListName, placeAt } from './cursor.ts'
import type { KeptOrder } from './kept.ts'
import { comesAfter, isFound, nameKey, type Sorting, type Standing } from './order.ts'
import { SortedList } from './sorted-list.ts'

/** So many things are looked at in one slice of a turn. */
const slice = 500

/** Which part of a list is asked for. */
export interface ListAsked {
  readonly sorting: Sorting
  /** A part of a name or an id, without regard to case; empty: all. */
  readonly search: string
  /** A page by its number from 1, or by what the page before said; or how many to pass over. */
  readonly from: { readonly page: number } | { readonly cursor: string } | { readonly skip: number }
  readonly perPage: number
}

/** Some of a list, and how many there are in all. */
export interface ListPage<T> {
  readonly items: readonly T[]
  readonly total: number
  /** The cursor of the next page: it stays right while others come and go. */
  readonly next: string | undefined
}

/** What lists know of each thing. */
interface Row {
  readonly id: string
  readonly name: string
  /** Milliseconds. */
  readonly createdAt: number
}

/** All of what is listed, some at a time, and what lists know of each. */
export interface Listed<T> {
  /** What is listed, and whose it is. */
  readonly of: readonly string[]
  readonly filter?: object
  /** Leaves of some those that the filter asks for; absent: all. */
  readonly narrow?: ((some: readonly T[]) => Promise<readonly T[]> | readonly T[]) | undefined
  readonly some: AsyncIterable<readonly T[]>
  readonly row: (item: T) => Row
  /** Where the whole of it is kept; absent: every caller looks at everything. */
  readonly kept?: KeptOrder<T>
}

/** An item with its standing. */
interface Entry<T> extends Standing {
  readonly item: T
}

const timeLength = 9

/** Time first: ids of several kinds do not sort by it. */
function standingOf(by: Sorting['by'], { id, name, createdAt }: Row): Standing {
  return {
    id,
    key: by === 'name' ? nameKey(name) : createdAt.toString(36).padStart(timeLength, '0'),
  }
}

/** Keeps those that come first, as many as are needed. */
class First<T> {
  readonly #sorting: Sorting
  readonly #most: number
  readonly #kept = new SortedList<Entry<T>>((entry) => entry)
  #last: Entry<T> | undefined

  constructor(sorting: Sorting, most: number) {
    this.#sorting = sorting
    this.#most = most
  }

  /** What is not kept leaves nothing behind: most of a long list is looked at in passing. */
  put(standing: Standing, item: T): void {
    const last = this.#last
    if (last && comesAfter(this.#sorting, standing, last)) return
    this.#kept.put({ ...standing, item })
    if (last && this.#kept.size > this.#most) this.#kept.remove(last)
    if (this.#kept.size >= this.#most) this.#last = this.part(this.#most - 1, 1)[0]
  }

  part(from: number, limit: number): readonly Entry<T>[] {
    return this.#kept.part({ ...this.#sorting, from, limit })
  }

  items(from: number, limit: number): readonly T[] {
    return this.part(from, limit).map(({ item }) => item)
  }
}

/** Whose work is done in turns. */
export interface Turning {
  readonly known: Pick<Known, 'nextTurn'>
}

/** Many things, some in each turn: nobody else waits for more than one slice. */
export async function* slicesOf<T>(
  { known }: Turning,
  items: readonly T[],
  atOnce = slice,
): AsyncGenerator<readonly T[]> {
  for (let from = 0; from < items.length; from += atOnce) {
    if (items.length > atOnce) await known.nextTurn()
    yield items.slice(from, from + atOnce)
  }
}

/** Which part of what is found is asked for. */
interface Part {
  readonly after: Standing | undefined
  readonly passed: number
  readonly limit: number
}

/** Some of what is found, and how much is found in all. */
interface Found<T> {
  readonly items: readonly T[]
  readonly total: number
}

/** What a filter and a search leave, some at a time. */
async function* foundIn<T>({ some, row, narrow }: Listed<T>, { search }: ListName) {
  for await (const items of some) {
    const wanted = narrow ? await narrow(items) : items
    yield wanted.filter((item) => {
      const { name, id } = row(item)
      return isFound(search, [name, id])
    })
  }
}

/** Keeps no more than it takes to answer. */
async function gathered<T>(
  listed: Listed<T>,
  name: ListName,
  { after, passed, limit }: Part,
): Promise<Found<T>> {
  const { sorting } = name
  const first = new First<T>(sorting, passed + limit)
  let total = 0
  for await (const items of foundIn(listed, name)) {
    total += items.length
    for (const item of items) {
      const standing = standingOf(sorting.by, listed.row(item))
      if (!after || comesAfter(sorting, standing, after)) first.put(standing, item)
    }
  }
  return { items: first.items(passed, limit), total }
}

async function ordered<T>(listed: Listed<T>, name: ListName): Promise<SortedList<T>> {
  const { by } = name.sorting
  const order = new SortedList<T>((item) => standingOf(by, listed.row(item)))
  for await (const items of foundIn(listed, name)) for (const item of items) order.put(item)
  return order
}

/** Finds it in what is kept of the whole list. */
async function looked<T>(
  kept: KeptOrder<T>,
  listed: Listed<T>,
  { name, part: { after, passed, limit } }: { readonly name: ListName; readonly part: Part },
): Promise<Found<T>> {
  const { sorting, search, filter } = name
  const kind = JSON.stringify([sorting.by, search, filter])
  const order = await kept(kind, () => ordered(listed, name))
  return { items: order.part({ ...sorting, from: after ?? passed, limit }), total: order.size }
}

/** How many things come before those that are asked for, where a number says so. */
export function passedOver({ from, perPage }: Pick<ListAsked, 'from' | 'perPage'>): number {
  if ('skip' in from) return from.skip
  return 'page' in from ? (from.page - 1) * perPage : 0
}

/** One page of a list. Fails with `request.invalid` when the cursor is not of this list. */
export async function pageOf<T>(
  ctx: Pick<Context, 'peppers'>,
  listed: Listed<T>,
  { sorting, search, from, perPage }: ListAsked,
): Promise<ListPage<T>> {
  const { of, filter = {}, kept, row } = listed
  const name = { of, sorting, filter, search: foldName(search) }
  const part = {
    after: 'cursor' in from ? placeAt(ctx.peppers, name, from.cursor) : undefined,
    passed: passedOver({ from, perPage }),
    limit: perPage + 1,
  }
  const { items, total } = kept
    ? await looked(kept, listed, { name, part })
    : await gathered(listed, name, part)
  const shown = items.slice(0, perPage)
  const last = items.length > perPage ? shown.at(-1) : undefined
  return {
    items: shown,
    total,
    next: last && cursorAt(ctx.peppers, name)(standingOf(sorting.by, row(last))),
  }
}
