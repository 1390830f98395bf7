import type { Event } from '../domain/audit/event.ts'
import { type Kind, kindOf, kinds, type Records } from '../domain/records.ts'
import type { Store } from '../domain/store.ts'
import { News } from './news.ts'
import type { Shelf } from './shelves.ts'

const pageSize = 1000
const eventPage = 500
const mostOwnWrites = 10_000

/** One shelf for each kind of record. */
export type Shelves = { readonly [K in Kind]: Shelf<K> }

type Reads = Pick<Store, 'head' | 'scan' | 'events' | 'getMany'>

function recordsOf(events: readonly Event[]): ReadonlyMap<Kind, ReadonlySet<string>> {
  const found = new Map<Kind, Set<string>>()
  for (const { record } of events) {
    const kind = record && kindOf(record.kind)
    if (kind) found.set(kind, (found.get(kind) ?? new Set<string>()).add(record.id))
  }
  return found
}

/**
 * Follows the event log and hands what changed to the shelves, in batches: one read for all records
 * of a kind, and none for what this process wrote itself.
 */
export class Follower {
  readonly #store: Reads
  readonly #shelves: Shelves
  readonly #now: () => number
  /** Ids of events that this process wrote: the shelves have their records already. */
  #own = new Set<string>()
  #seq = 0
  #readAt = Number.NEGATIVE_INFINITY
  #readAtSteady = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  readonly news = new News()

  constructor(store: Reads, shelves: Shelves, now: () => number) {
    this.#store = store
    this.#shelves = shelves
    this.#now = now
  }

  /** Learns everything there is. */
  async load(): Promise<void> {
    const [startedAt, steady] = [this.#now(), performance.now()]
    this.#seq = await this.#store.head()
    for (const kind of kinds) await this.#loadKind(kind)
    this.#noteRead(startedAt, steady)
  }

  async #loadKind<K extends Kind>(kind: K): Promise<void> {
    const read = (after: string) => this.#store.scan(kind, { after, limit: pageSize })
    for (let page = await read(''); page.length > 0; ) {
      const last = page.at(-1)
      // The store looks for the next page while this one is taken.
      const next = last && page.length === pageSize ? read(last.id) : Promise.resolve([])
      for (const record of page) this.put(kind, record)
      page = await next
    }
  }

  /** Takes a record as it was just read or written. */
  put<K extends Kind>(kind: K, record: Records[K]): void {
    const shelf: Shelf<K> = this.#shelves[kind]
    shelf.put(record)
  }

  /** Takes a record that this process has just written; its event needs no second look. */
  putOwn<K extends Kind>(kind: K, record: Records[K], eventId: string): void {
    this.put(kind, record)
    if (this.#own.size < mostOwnWrites) this.#own.add(eventId)
  }

  /** Milliseconds since the log was last read to its end. */
  get staleness(): number {
    // By both clocks: one that is set back must not make old knowledge young.
    return Math.max(0, this.#now() - this.#readAt, performance.now() - this.#readAtSteady)
  }

  #noteRead(startedAt: number, steady: number): void {
    this.#readAt = startedAt
    this.#readAtSteady = steady
  }

  /**
   * Reads the log to its end: one reading at a time, and one more for all who asked while it ran,
   * since it may have passed what they need to know.
   */
  async refresh(): Promise<void> {
    if (this.#running) this.#next ??= this.#running.then(this.#start, this.#start)
    await (this.#next ?? this.#start())
  }

  readonly #start = (): Promise<void> => {
    this.#next = undefined
    const reading = this.#readToEnd().finally(() => {
      if (this.#running === reading) this.#running = undefined
    })
    this.#running = reading
    return reading
  }

  async #readToEnd(): Promise<void> {
    // What was written before this reading stands in the log by its end: it is then done with.
    const own = this.#own
    this.#own = new Set()
    for (;;) {
      const [startedAt, steady] = [this.#now(), performance.now()]
      const events = await this.#store.events({ after: this.#seq, limit: eventPage })
      await this.#follow(events.filter(({ id }) => !own.has(id) && !this.#own.delete(id)))
      this.#seq = events.at(-1)?.seq ?? this.#seq
      if (events.length > 0) this.news.tell()
      if (events.length < eventPage) {
        this.#noteRead(startedAt, steady)
        return
      }
    }
  }

  async #follow(events: readonly Event[]): Promise<void> {
    for (const [kind, ids] of recordsOf(events)) await this.#take(kind, ids)
  }

  async #take<K extends Kind>(kind: K, ids: ReadonlySet<string>): Promise<void> {
    const gone = new Set(ids)
    for (const record of await this.#store.getMany(kind, [...ids])) {
      gone.delete(record.id)
      this.put(kind, record)
    }
    for (const id of gone) this.#shelves[kind].drop(id)
  }

  /** Forgets what is over. */
  forgetExpired(): void {
    for (const kind of kinds) this.#shelves[kind].forget(this.#now())
  }
}
