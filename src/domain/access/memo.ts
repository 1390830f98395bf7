import type { Known } from '../known.ts'

const mostOfOneAge = 5000

/** A bounded number of values, of which those that were not asked for lately go first. */
export class Lately<K, V> {
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#young.size >= mostOfOneAge) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}

/**
 * What was worked out of a record and of the tree, kept as long as neither changes: a changed record
 * is another object, and a changed tree has another revision.
 */
export class Memo<R, T> {
  readonly #make: (known: Known, record: R) => T
  readonly #kept = new Lately<R, { readonly revision: number; readonly value: T }>()

  constructor(make: (known: Known, record: R) => T) {
    this.#make = make
  }

  of(known: Known, record: R): T {
    const kept = this.#kept.get(record)
    if (kept?.revision === known.revision) return kept.value
    const value = this.#make(known, record)
    this.#kept.set(record, { revision: known.revision, value })
    return value
  }
}
