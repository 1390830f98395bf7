import type { KnownAccount } from '../domain/accounts/account.ts'
import { type AccountsAsked, type AccountsFound, standingIn } from '../domain/accounts/lists.ts'
import { comesAfter, isFound, type Sorting, type Standing } from '../domain/lists/order.ts'
import { SortedList } from '../domain/lists/sorted-list.ts'
import type { Turns } from './turns.ts'

/** So many accounts are taken in one slice: each costs a few comparisons, or a look at its name, facts or roles. */
const slices = { sort: 250, search: 1000, walk: 500 } as const

type Accounts = SortedList<KnownAccount>

const sortedBy = (by: Sorting['by']): Accounts => new SortedList((one) => standingIn(by, one))

/** What one more than was asked for tells: whether there is another part. */
function answer({ sorting, limit }: AccountsAsked, some: readonly KnownAccount[], total: number) {
  const shown = some.slice(0, limit)
  const last = some.length > limit ? shown.at(-1) : undefined
  return { ids: shown.map(({ id }) => id), total, next: last && standingIn(sorting.by, last) }
}

/** Whether an account that fits is in the part that is asked for; `passed` fitted before it. */
function isAsked({ from, sorting }: AccountsAsked, account: KnownAccount, passed: number): boolean {
  if (typeof from === 'number') return passed >= from
  return comesAfter(sorting, standingIn(sorting.by, account), from)
}

/**
 * The live accounts of one scope, sorted and searched. The order of names is made when it is first
 * asked for; neither keeps more than a reference to what logins know of an account.
 */
export class AccountsOfScope {
  readonly #turns: Turns
  readonly #created = sortedBy('createdAt')
  #named: Accounts | undefined
  #sorting: Promise<Accounts> | undefined

  constructor(turns: Turns) {
    this.#turns = turns
  }

  get #lists(): readonly (readonly [Sorting['by'], Accounts])[] {
    const created = ['createdAt', this.#created] as const
    return this.#named ? [created, ['name', this.#named]] : [created]
  }

  get size(): number {
    return this.#created.size
  }

  /** Takes an account in place of what was known of it. */
  put(account: KnownAccount, former: KnownAccount | undefined): void {
    if (former) this.remove(former)
    for (const [, list] of this.#lists) list.put(account)
  }

  remove(account: KnownAccount): void {
    for (const [by, list] of this.#lists) list.remove(standingIn(by, account))
  }

  /** All accounts in an order, some at a time; those that come and go meanwhile may be there. */
  async *#walk(list: Accounts, isDescending: boolean, limit: number) {
    let from: Standing | 0 = 0
    const by = list === this.#created ? 'createdAt' : 'name'
    for (;;) {
      await this.#turns.next()
      const some: readonly KnownAccount[] = list.part({ isDescending, from, limit })
      const last = some.at(-1)
      if (!last) return
      yield some
      from = standingIn(by, last)
    }
  }

  /** Accounts that change meanwhile are put into the new list as into the others. */
  async #sortNames(): Promise<Accounts> {
    const named = sortedBy('name')
    this.#named = named
    for await (const some of this.#walk(this.#created, false, slices.sort)) {
      for (const account of some) named.put(account)
    }
    return named
  }

  async #sorted(by: Sorting['by']): Promise<Accounts> {
    if (by === 'createdAt') return this.#created
    this.#sorting ??= this.#sortNames()
    return await this.#sorting
  }

  /** All of them, oldest first, some at a time. */
  every(): AsyncIterable<readonly KnownAccount[]> {
    return this.#walk(this.#created, false, slices.walk)
  }

  async find(asked: AccountsAsked): Promise<AccountsFound> {
    const { sorting, search, narrow, from, limit } = asked
    const list = await this.#sorted(sorting.by)
    if (search !== '' || narrow) return await this.#search(list, asked)
    return answer(asked, list.part({ ...sorting, from, limit: limit + 1 }), list.size)
  }

  /** Looks at every account: only so is there a total. */
  async #search(list: Accounts, asked: AccountsAsked): Promise<AccountsFound> {
    const { search, narrow, sorting, limit } = asked
    const found: KnownAccount[] = []
    let total = 0
    for await (const some of this.#walk(list, sorting.isDescending, slices.search)) {
      const named = some.filter(({ name, clientId }) => isFound(search, [name, clientId]))
      const wanted = narrow ? await narrow(named) : named
      for (const account of wanted) {
        if (found.length <= limit && isAsked(asked, account, total)) found.push(account)
        total += 1
      }
    }
    return answer(asked, found, total)
  }
}
