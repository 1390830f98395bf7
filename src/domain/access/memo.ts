import type { Known } from '../known.ts'

/**
 * What was worked out of a record and of the tree, kept as long as neither changes: a changed record
 * is another object, and a changed tree has another revision.
 */
export class Memo<R extends object, T> {
  readonly #make: (known: Known, record: R) => T
  readonly #kept = new WeakMap<R, { readonly revision: number; readonly value: T }>()

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
