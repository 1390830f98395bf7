import type { Known } from '../known.ts'
import { Recent } from '../recent.ts'
import type { SortedList } from './sorted-list.ts'

/** So many orders and searches of one list are kept. */
const mostKept = 16

interface Kept<T> {
  readonly revision: number
  readonly order: Promise<SortedList<T>>
}

/** One order of a list, or of what a search finds in it: made by a look at everything, if need be. */
export type KeptOrder<T> = (
  name: string,
  make: () => Promise<SortedList<T>>,
) => Promise<SortedList<T>>

/**
 * A list that is the same for many callers: its orders and searches are kept as long as nothing of it
 * changes, and made once for all who ask at the same time.
 */
export class KeptLists<T> {
  readonly #lists = new WeakMap<Known, Recent<string, Kept<T>>>()

  /** The list at a revision of what is known: another one whenever anything of it has changed. */
  at(known: Known, revision: number): KeptOrder<T> {
    const list = this.#lists.get(known) ?? new Recent<string, Kept<T>>(mostKept)
    this.#lists.set(known, list)
    return (name, make) => {
      const kept = list.get(name)
      if (kept?.revision === revision) return kept.order
      const order = make()
      list.set(name, { revision, order })
      return order
    }
  }
}
