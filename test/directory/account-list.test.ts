import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { AccountsOfScope } from '../../src/directory/account-list.ts'
import { Turns } from '../../src/directory/turns.ts'
import type { KnownAccount } from '../../src/domain/accounts/account.ts'
import type { AccountsAsked, Listed } from '../../src/domain/accounts/lists.ts'
import { listOrders } from '../../src/domain/lists/order.ts'
import { foldName } from '../../src/domain/names.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { sampleAccount } from '../domain/samples.ts'
import { seeded } from '../oauth/seeded.ts'

class CountedTurns extends Turns {
  taken = 0

  override next(): Promise<void> {
    this.taken += 1
    return super.next()
  }
}

function times(count: number, work: () => void): void {
  for (let n = 0; n < count; n += 1) work()
}

const letters = ['a', 'B', 'c', 'ß', 'K', 'é', '-', '1', '２', '(']

function accountOf(n: number, name: string): KnownAccount {
  return sampleAccount({ id: newRecordId('account', n), clientId: `Client ${n}`, name })
}

function filled(count: number, turns = new Turns()) {
  const accounts = new AccountsOfScope(turns)
  for (let n = 0; n < count; n += 1) accounts.put(accountOf(n, `name ${n}`), undefined)
  return accounts
}

const idsOf = (found: readonly Listed[]) => found.map(({ id }) => id)
const oldestFirst = { by: 'createdAt', isDescending: false } as const
const asking = (asked: Partial<AccountsAsked>): AccountsAsked => {
  return { scope: 'root', sorting: oldestFirst, search: '', from: 0, limit: 10, ...asked }
}

/** What a look at every account would tell. */
function naive(all: Iterable<KnownAccount>, { search, sorting, from, limit }: AccountsAsked) {
  const key = ({ id, name }: KnownAccount) => [sorting.by === 'name' ? foldName(name) : '', id]
  const found = [...all]
    .filter(({ name, clientId }) => [name, clientId].some((one) => foldName(one).includes(search)))
    .map((account) => ({ id: account.id, key: JSON.stringify(key(account)) }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
  const sorted = sorting.isDescending ? found.toReversed() : found
  const ids = sorted.map(({ id }) => id).slice(Number(from), Number(from) + limit)
  return { ids, total: found.length }
}

/** Accounts of a scope that change, and what is there of them. */
function changing(seed: number) {
  const { below: any } = seeded(seed)
  const accounts = new AccountsOfScope(new Turns())
  const live = new Map<string, KnownAccount>()
  let made = 0
  const word = () => Array.from({ length: 1 + any(6) }, () => letters[any(10)]).join('')
  const put = (account: KnownAccount) => {
    accounts.put(account, live.get(account.id))
    live.set(account.id, account)
  }
  const make = () => {
    made += 1
    put(accountOf(made, word()))
  }
  const rename = (account: KnownAccount) => put({ ...account, name: word() })
  const remove = (account: KnownAccount) => {
    accounts.remove(account)
    live.delete(account.id)
  }
  const change = () => {
    const account = [...live.values()][any(live.size)]
    if (account) [rename, remove, make, make][any(4)]?.(account)
  }
  const search = () =>
    asking({
      sorting: { by: listOrders[any(2)] ?? 'name', isDescending: any(2) === 1 },
      search: foldName(word().slice(0, any(4))),
      from: any(3) * any(200),
      limit: 1 + any(300),
    })
  return { accounts, live, make, change, search }
}

describe('the accounts of a scope', () => {
  test.each([1, 2, 3])(
    'are found as by a look at each, while they are made, renamed and deleted (%i)',
    async (seed) => {
      const { accounts, live, make, change, search } = changing(seed)
      times(2500, make)
      for (let round = 0; round < 40; round += 1) {
        const asked = search()
        // Somebody searches for the same already: accounts change while names are looked at, and later.
        const before = accounts.find(asked)
        for (const when of [nextTurn(), nextTurn().then(() => nextTurn()), before]) {
          await when
          times(20, change)
        }
        const { found, total } = await accounts.find(asked)
        expect({ ids: idsOf(found), total }).toEqual(naive(live.values(), asked))
      }
    },
  )

  test('are looked at once for all who search for the same, and for its other pages', async () => {
    const turns = new CountedTurns()
    const accounts = filled(5000, turns)
    const asked = asking({ search: '7' })
    const [first, second] = await Promise.all([
      accounts.find(asked),
      accounts.find({ ...asked, from: 10 }),
    ])
    expect(turns.taken).toBe(6)
    const next = await accounts.find({ ...asked, from: first.next ?? 0 })
    expect([next, turns.taken]).toEqual([second, 6])
    expect(idsOf(next.found)).not.toEqual(idsOf(first.found))
  })

  test('are looked at again when a search was forgotten, of which few are remembered', async () => {
    const turns = new CountedTurns()
    const accounts = filled(2000, turns)
    const walksFor = async (search: string) => {
      const before = turns.taken
      await accounts.find(asking({ search }))
      return turns.taken > before
    }
    expect(await walksFor('1234')).toBe(true)
    expect(await walksFor('1235')).toBe(true)
    expect(await walksFor('1234')).toBe(false)
    expect(await walksFor('1236')).toBe(true)
    expect([await walksFor('1235'), await walksFor('1236')]).toEqual([true, false])
    // These find all there are: more is not remembered.
    expect([await walksFor('name'), await walksFor('ame')]).toEqual([true, true])
    expect([await walksFor('ame'), await walksFor('name')]).toEqual([false, true])
  })
})
