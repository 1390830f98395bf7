import type { KnownAccount } from '../domain/accounts/account.ts'
import { type AccountsAsked, type AccountsFound, standingIn } from '../domain/accounts/lists.ts'
import { comesAfter, type Sorting } from '../domain/lists/order.ts'
import { AccountOrder } from './account-order.ts'
import { AccountSearches } from './account-searches.ts'
import type { Turns } from './turns.ts'

/** So many accounts are taken in one slice: each costs a few comparisons, or a look at its name, facts or roles. */
const slices = { sort: 250, search: 1000, walk: 500 } as const

/** What one more than was asked for tells: whether there is another part. */
function answer({ sorting, limit }: AccountsAsked, some: readonly KnownAccount[], total: number) {
  const shown = some.slice(0, limit)
  const last = some.length > limit ? shown.at(-1) : undefined
  return { found: shown, total, next: last && standingIn(sorting.by, last) }
}

/** Whether an account that fits is in the part that is asked for; `passed` fitted before it. */
function isAsked({ from, sorting }: AccountsAsked, account: KnownAccount, passed: number): boolean {
  if (typeof from === 'number') return passed >= from
  return comesAfter(sorting, standingIn(sorting.by, account), from)
}

/** The live accounts of one scope, sorted and searched. The order of names is made when it is first asked for. */
export class AccountsOfScope {
  readonly #turns: Turns
  readonly #created = new AccountOrder('createdAt')
  #named: AccountOrder | undefined
  readonly #searches = new AccountSearches()

  constructor(turns: Turns) {
    this.#turns = turns
  }

  get #orders(): readonly AccountOrder[] {
    return [this.#created, ...(this.#named ? [this.#named] : []), ...this.#searches.all()]
  }

  get size(): number {
    return this.#created.size
  }

  /** Takes an account in place of what was known of it. */
  put(account: KnownAccount, former: KnownAccount | undefined): void {
    if (former) this.remove(former)
    for (const order of this.#orders) order.put(account)
  }

  remove(account: KnownAccount): void {
    for (const order of this.#orders) order.remove(account)
  }

  async #sorted(by: Sorting['by']): Promise<AccountOrder> {
    if (by === 'createdAt') return this.#created
    this.#named ??= new AccountOrder('name')
    await this.#named.filledFrom(this.#created, this.#turns, slices.sort)
    return this.#named
  }

  /** Looks at every account, once: only so is there a total. */
  async #found({ sorting: { by }, search }: AccountsAsked): Promise<AccountOrder> {
    const whole = await this.#sorted(by)
    if (search === '') return whole
    const order = this.#searches.get(by, search)
    await order.filledFrom(whole, this.#turns, slices.search)
    this.#searches.trim(this.size)
    return order
  }

  /** All of them, oldest first, some at a time. */
  every(): AsyncIterable<readonly KnownAccount[]> {
    return this.#created.walk(this.#turns, { isDescending: false, atOnce: slices.walk })
  }

  async find(asked: AccountsAsked): Promise<AccountsFound> {
    const { sorting, narrow, from, limit } = asked
    const order = await this.#found(asked)
    if (narrow) return await this.#narrowed(order, asked, narrow)
    return answer(asked, order.part({ ...sorting, from, limit: limit + 1 }), order.size)
  }

  async #narrowed(
    order: AccountOrder,
    asked: AccountsAsked,
    narrow: NonNullable<AccountsAsked['narrow']>,
  ): Promise<AccountsFound> {
    const { isDescending } = asked.sorting
    const found: KnownAccount[] = []
    let total = 0
    for await (const some of order.walk(this.#turns, { isDescending, atOnce: slices.search })) {
      for (const account of await narrow(some)) {
        if (found.length <= asked.limit && isAsked(asked, account, total)) found.push(account)
        total += 1
      }
    }
    return answer(asked, found, total)
  }
}
