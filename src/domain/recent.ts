/** An entry, between those that were used before and after it. */
interface Entry<K, V> {
  readonly key: K
  value: V
  older: Entry<K, V> | undefined
  newer: Entry<K, V> | undefined
}

/** A map that keeps what was used last, and at most so many entries. */
export class Recent<K, V> {
  readonly #most: number
  /** Entries stay where they are in it: whoever takes one out and puts it back at each use pays five times as much. */
  readonly #entries = new Map<K, Entry<K, V>>()
  #oldest: Entry<K, V> | undefined
  #newest: Entry<K, V> | undefined

  constructor(most: number) {
    this.#most = most
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry) this.#use(entry)
    return entry?.value
  }

  set(key: K, value: V): void {
    const known = this.#entries.get(key)
    const entry = known ?? { key, value, older: undefined, newer: undefined }
    entry.value = value
    if (!known) this.#entries.set(key, entry)
    this.#use(entry)
    if (this.#entries.size > this.#most && this.#oldest) this.#remove(this.#oldest)
  }

  delete(key: K): void {
    const entry = this.#entries.get(key)
    if (entry) this.#remove(entry)
  }

  #use(entry: Entry<K, V>): void {
    if (this.#newest === entry) return
    this.#unlink(entry)
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest) this.#newest.newer = entry
    else this.#oldest = entry
    this.#newest = entry
  }

  #unlink({ older, newer }: Entry<K, V>): void {
    if (older) older.newer = newer
    else if (newer) this.#oldest = newer
    if (newer) newer.older = older
  }

  #remove(entry: Entry<K, V>): void {
    this.#unlink(entry)
    this.#entries.delete(entry.key)
  }
}
