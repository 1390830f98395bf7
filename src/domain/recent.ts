/** A map that keeps what was used last, and at most so many entries. */
export class Recent<K, V> {
  readonly #most: number
  readonly #entries = new Map<K, V>()
  /**
   * Stands before the oldest: what it has passed is gone. Another one would pass every gap in the map
   * anew, which takes fifty times as long.
   */
  readonly #oldest = this.#entries.keys()

  constructor(most: number) {
    this.#most = most
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.#put(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.#put(key, value)
    if (this.#entries.size <= this.#most) return
    const oldest = this.#oldest.next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  #put(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
  }
}
