import type { Sorting } from '../domain/lists/order.ts'
import { AccountOrder } from './account-order.ts'

/** So many searches of one scope are remembered, and no more than one for so many accounts. */
const mostSearches = 64
const accountsEach = 1000

/**
 * What the last searches of a scope have found. It is kept as accounts change, so that neither its next
 * page nor whoever searches for the same looks at every name again. All of them together find no more
 * accounts than there are: searches cost a reference an account at most.
 */
export class AccountSearches {
  /** The last one that was asked for is the last. */
  readonly #kept = new Map<string, AccountOrder>()

  /** What is to change as accounts do. */
  all(): Iterable<AccountOrder> {
    return this.#kept.values()
  }

  /** The order of what a text finds: of a new one, nothing yet. */
  get(by: Sorting['by'], search: string): AccountOrder {
    const key = `${by} ${search}`
    const order = this.#kept.get(key) ?? new AccountOrder(by, search)
    this.#kept.delete(key)
    this.#kept.set(key, order)
    return order
  }

  /** Forgets what was not asked for of late, while there is too much for a scope of so many accounts. */
  trim(accounts: number): void {
    const most = Math.min(mostSearches, Math.floor(accounts / accountsEach))
    let found = 0
    for (const { size } of this.#kept.values()) found += size
    for (const [key, { size }] of this.#kept) {
      if (this.#kept.size <= most && found <= accounts) return
      this.#kept.delete(key)
      found -= size
    }
  }
}
