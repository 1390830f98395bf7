import type { Known } from '../known.ts'
import { Recent } from '../recent.ts'

/** So much is remembered: what was not asked for lately is worked out anew. */
const mostKept = 10_000

/**
 * What was worked out of a record and of the tree, kept as long as neither changes: a changed record
 * is another object, and a changed tree has another revision.
 */
export class Memo<R, T> {
  readonly #make: (known: Known, record: R) => T
  readonly #kept = new Recent<R, { readonly revision: number; readonly value: T }>(mostKept)

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
