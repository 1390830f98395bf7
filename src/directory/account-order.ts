import type { KnownAccount } from '../domain/accounts/account.ts'
import { standingIn } from '../domain/accounts/lists.ts'
import { isFound, type Sorting, type Standing } from '../domain/lists/order.ts'
import { SortedList } from '../domain/lists/sorted-list.ts'
import type { Turns } from './turns.ts'

/** How an order is walked through: from which end, and how many in one turn. */
interface Walk {
  readonly isDescending: boolean
  readonly atOnce: number
}

/**
 * Live accounts in one order: all of a scope, or those that a search finds. It keeps nothing but
 * references to what logins know of an account.
 */
export class AccountOrder {
  readonly by: Sorting['by']
  readonly #search: string
  readonly #list: SortedList<KnownAccount>
  #filled: Promise<void> | undefined

  constructor(by: Sorting['by'], search = '') {
    this.by = by
    this.#search = search
    this.#list = new SortedList((one) => standingIn(by, one))
  }

  get size(): number {
    return this.#list.size
  }

  /** Takes an account, if it is found here. */
  put(account: KnownAccount): void {
    if (isFound(this.#search, [account.name, account.clientId])) this.#list.put(account)
  }

  remove(account: KnownAccount): void {
    this.#list.remove(standingIn(this.by, account))
  }

  part(asked: Parameters<SortedList<KnownAccount>['part']>[0]): readonly KnownAccount[] {
    return this.#list.part(asked)
  }

  /** All of them, some in each turn; those that come and go meanwhile may be there. */
  async *walk(turns: Turns, { isDescending, atOnce }: Walk) {
    let from: Standing | 0 = 0
    for (;;) {
      await turns.next()
      const some: readonly KnownAccount[] = this.#list.part({ isDescending, from, limit: atOnce })
      const last = some.at(-1)
      if (!last) return
      yield some
      from = standingIn(this.by, last)
    }
  }

  /** Takes its accounts from another order, once, some in each turn: what changes meanwhile is put here too. */
  filledFrom(whole: AccountOrder, turns: Turns, atOnce: number): Promise<void> {
    this.#filled ??= this.#fill(whole, turns, atOnce)
    return this.#filled
  }

  /** No account may change between being read there and being put here: both are done at once. */
  async #fill(whole: AccountOrder, turns: Turns, limit: number): Promise<void> {
    let from: Standing | 0 = 0
    for (;;) {
      await turns.next()
      const some: readonly KnownAccount[] = whole.part({ isDescending: false, from, limit })
      const last = some.at(-1)
      if (!last) return
      for (const account of some) this.put(account)
      from = standingIn(whole.by, last)
    }
  }
}
