import type { Owner } from '../domain/owner.ts'
import type { RecordKind } from '../domain/record-kind.ts'
import { type Kind, type Records, recordKinds } from '../domain/records.ts'
import type { Shelf } from './shelves.ts'

/** By what records are found besides their id and their scope: the keys of one record. */
type KeysOf<R> = (record: R) => readonly string[]

/** Lists of records by a text that several may share. */
class Lists<R extends { readonly id: string }, Key extends string> {
  readonly #lists = new Map<Key, Map<string, R>>()

  put(key: Key, record: R): void {
    const list = this.#lists.get(key) ?? new Map<string, R>()
    list.set(record.id, record)
    this.#lists.set(key, list)
  }

  remove(key: Key, { id }: R): void {
    const list = this.#lists.get(key)
    list?.delete(id)
    if (list?.size === 0) this.#lists.delete(key)
  }

  get(key: Key): readonly R[] {
    return [...(this.#lists.get(key)?.values() ?? [])]
  }

  keys(): Iterable<Key> {
    return this.#lists.keys()
  }
}

/** All live records of a kind: by id, by scope and by keys of their own. */
export class LiveShelf<K extends Kind> implements Shelf<K> {
  readonly #row: RecordKind<Records[K]>
  readonly #keysOf: KeysOf<Records[K]>
  readonly #live = new Map<string, Records[K]>()
  readonly #gone = new Map<string, Records[K]>()
  readonly #byScope = new Lists<Records[K], Owner>()
  readonly #byKey = new Lists<Records[K], string>()

  constructor(kind: K, keysOf: KeysOf<Records[K]> = () => []) {
    this.#row = recordKinds[kind]
    this.#keysOf = keysOf
  }

  #changes = 0

  /** How often any of them changed so far. */
  get changes(): number {
    return this.#changes
  }

  readonly get = (id: string): Records[K] | undefined => this.#live.get(id)

  readonly in = (scope: Owner): readonly Records[K][] => this.#byScope.get(scope)

  readonly scopes = (): Iterable<Owner> => this.#byScope.keys()

  readonly all = (): Iterable<Records[K]> => this.#live.values()

  /** Those that have a key. */
  readonly by = (key: string): readonly Records[K][] => this.#byKey.get(key)

  #forgetLive(record: Records[K]): void {
    this.#live.delete(record.id)
    this.#byScope.remove(this.#row.scope(record), record)
    for (const key of this.#keysOf(record)) this.#byKey.remove(key, record)
  }

  /** A record that changes keeps its place: lists do not turn when somebody looks again. */
  #replace(former: Records[K], record: Records[K]): void {
    const { scope } = this.#row
    const keys = new Set(this.#keysOf(record))
    if (scope(former) !== scope(record)) this.#byScope.remove(scope(former), former)
    const lost = this.#keysOf(former).filter((key) => !keys.has(key))
    for (const key of lost) this.#byKey.remove(key, former)
  }

  put(record: Records[K]): void {
    const former = this.#live.get(record.id) ?? this.#gone.get(record.id)
    if (former && former.version >= record.version) return
    this.#changes += 1
    if (!record.live) {
      if (former?.live) this.#forgetLive(former)
      this.#gone.set(record.id, record)
      return
    }
    if (former?.live) this.#replace(former, record)
    this.#live.set(record.id, record)
    this.#byScope.put(this.#row.scope(record), record)
    for (const key of this.#keysOf(record)) this.#byKey.put(key, record)
  }

  drop(id: string): void {
    const record = this.#live.get(id)
    this.#changes += 1
    if (record) this.#forgetLive(record)
    this.#gone.delete(id)
  }

  forget(now: number): void {
    for (const { id, purgeAfter = now } of this.#gone.values()) {
      if (purgeAfter < now) this.#gone.delete(id)
    }
  }
}
