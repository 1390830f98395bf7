import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { Directory } from '../../src/directory/directory.ts'
import { knownStore } from '../../src/directory/known-store.ts'
import type { Account } from '../../src/domain/accounts/account.ts'
import type { AccountsAsked } from '../../src/domain/accounts/lists.ts'
import { chain } from '../../src/domain/audit/chain.ts'
import type { Event } from '../../src/domain/audit/event.ts'
import { newId } from '../../src/domain/ids.ts'
import type { Kind } from '../../src/domain/records.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { fingerprint } from '../../src/domain/secret.ts'
import type { EventQuery, Store } from '../../src/domain/store.ts'
import { sampleAccount as anyAccount } from '../domain/samples.ts'

const clock = { at: 1_000_000 }

const records = new Map<string, Account>()

const log: Event[] = []
/** The ids of every reading of records. */
const asked: (readonly string[])[] = []

let isAway = false

beforeEach(() => {
  clock.at = 1_000_000
  records.clear()
  log.length = 0
  asked.length = 0
  isAway = false
})

async function answer<T>(value: T): Promise<T> {
  if (isAway) throw new Error('the store is away')
  return value
}

/** A store in memory that has only what the directory asks for. */
const reads = {
  head: () => answer(log.at(-1)?.seq ?? 0),
  getMany: (_kind: Kind, ids: readonly string[]) => {
    asked.push(ids)
    return answer(ids.flatMap((id) => records.get(id) ?? []))
  },
  scan: (kind: Kind, { after, limit }: { after: string; limit: number }) => {
    const beyond = [...records.values()].filter(({ id }) => id > after)
    const page = beyond.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit)
    return answer(kind === 'account' ? page : [])
  },
  events: ({ after = 0, limit }: EventQuery) =>
    answer(log.filter(({ seq }) => seq > after).slice(0, limit)),
}

// @ts-expect-error: the rest of the port is never asked for
const store: Store = reads

function write(account: Account): void {
  records.set(account.id, account)
  const event = {
    id: `${account.id}:${account.version}`,
    at: clock.at,
    action: 'account.update',
    actor: { kind: 'system', id: '', name: '' },
    target: { kind: 'service_account', id: account.clientId, name: '' },
    requestId: '',
    record: { kind: 'account', id: account.id },
  } as const
  log.push(chain(event, log.at(-1)))
}

const open = () => Directory.load(store, () => clock.at)

const oldestFirst = { by: 'createdAt', isDescending: false } as const
const byName = { by: 'name', isDescending: false } as const
async function find(directory: Directory, asked: Partial<AccountsAsked> = {}) {
  await directory.catchUp()
  const { found, ...rest } = await directory.findAccounts({
    scope: 'root',
    sorting: oldestFirst,
    search: '',
    from: 0,
    limit: 10,
    ...asked,
  })
  return { ids: found.map(({ id }) => id), ...rest }
}
/** Another name for each number, in no order. */
const word = (n: number) => `${fingerprint(String(n)).toLowerCase()} ${n}`

const clientId = 'ost_ci_sample'
const known = (directory: Directory) => directory.accountByClientId(clientId)
const sampleAccount = (given: Partial<Account> = {}) => anyAccount({ clientId, ...given })

describe('the directory', () => {
  test('holds every live account after it was loaded, however many pages they are', async () => {
    for (let n = 0; n < 2100; n += 1) {
      const account = sampleAccount({ clientId: `client ${n}` })
      records.set(account.id, account)
    }
    const directory = await open()
    for (let n = 0; n < 2100; n += 1) {
      expect(directory.accountByClientId(`client ${n}`)).toBeDefined()
    }
    expect(directory.accountByClientId('client 2100')).toBeUndefined()
  })

  test('follows the log to its end, also over many pages of it', async () => {
    const directory = await open()
    const account = sampleAccount()
    for (let version = 1; version <= 1100; version += 1) write({ ...account, version })
    await directory.catchUp()
    expect(known(directory)?.version).toBe(1100)
  })

  test('never takes an older version for a newer one', async () => {
    const directory = await open()
    const account = sampleAccount({ version: 5 })
    directory.put('account', account)
    directory.put('account', { ...account, version: 4, name: 'old' })
    expect(known(directory)?.version).toBe(5)
  })

  test('keeps a tombstone until its time is over, so that nothing old comes back', async () => {
    const directory = await open()
    const account = sampleAccount({ version: 2, live: false, purgeAfter: clock.at + 10 })
    directory.put('account', account)
    directory.put('account', { ...account, version: 1, live: true })
    expect(known(directory)?.live).toBe(false)
    clock.at += 11
    directory.forgetExpired()
    expect(known(directory)).toBeUndefined()
  })

  test('knows which credentials of an account were deleted, with nothing else that is rare', async () => {
    const endedCredentials = [newId('credential', clock.at)]
    write(sampleAccount({ endedCredentials }))
    expect(known(await open())).toMatchObject({ endedCredentials })
  })

  test('forgets an account whose record is gone from the store', async () => {
    const account = sampleAccount()
    write(account)
    const directory = await open()
    write({ ...account, version: 2 })
    records.clear()
    await directory.catchUp()
    expect(known(directory)).toBeUndefined()
  })

  test('forgets a revocation when the token would have ended', async () => {
    const directory = await open()
    const revocation = { id: 'r', version: 1, live: true, clientId: 'c', purgeAfter: clock.at + 10 }
    directory.put('revocation', revocation)
    expect(directory.isRevoked('r')).toBe(true)
    clock.at += 10
    directory.forgetExpired()
    expect(directory.isRevoked('r')).toBe(false)
  })

  test('counts its age from the beginning of the last reading', async () => {
    const directory = await open()
    clock.at += 60_000
    expect(directory.staleness).toBe(60_000)
    await directory.catchUp()
    expect(directory.staleness).toBeLessThan(1000)
  })

  test('reads the log before it refuses to be used, and refuses when it cannot', async () => {
    const directory = await open()
    clock.at += 60_001
    await directory.ensureFresh(60)
    expect(directory.staleness).toBeLessThan(1000)
    clock.at += 60_001
    isAway = true
    await expect(directory.ensureFresh(60)).rejects.toThrow('store.unavailable')
    await expect(directory.ensureFresh(61)).resolves.toBeUndefined()
  })

  test('reads all that changed in one go, and nothing that it wrote itself', async () => {
    const directory = await open()
    const [one, two, own] = [sampleAccount(), sampleAccount(), sampleAccount()]
    for (const account of [one, { ...one, version: 2 }, two, own]) write(account)
    directory.putOwn('account', own, `${own.id}:1`)
    await directory.catchUp()
    expect(asked).toEqual([[one.id, two.id]])
    write({ ...own, version: 2 })
    await directory.catchUp()
    expect(asked).toHaveLength(2)
  })

  test('shares one reading among all who ask, and reads once more for those who came late', async () => {
    const directory = await open()
    let readings = 0
    const { events } = store
    store.events = (query) => {
      readings += 1
      return events(query)
    }
    await Promise.all([1, 2, 3, 4].map(() => directory.refresh()))
    store.events = events
    expect(readings).toBe(2)
  })

  test('does not count a reading that failed', async () => {
    const directory = await open()
    clock.at += 5000
    isAway = true
    await expect(directory.catchUp()).rejects.toThrow('away')
    expect(directory.staleness).toBe(5000)
  })

  test('knows what this process wrote before the writer hears of it', async () => {
    const directory = await open()
    const through = knownStore({ ...store, commit: async () => undefined }, directory)
    const account = sampleAccount()
    const [event] = [chain({ ...sampleEvent, id: account.id }, undefined)]
    await through.commit('account', account, event)
    expect(known(directory)).toMatchObject({ id: account.id, clientId: account.clientId })
  })

  test('answers lists and totals in the order of creation, after it has read the log', async () => {
    const directory = await open()
    const accounts = [1, 2, 3, 4].map((at) => ({
      ...sampleAccount(),
      id: newRecordId('account', at),
      clientId: `client ${at}`,
    }))
    for (const account of accounts.toReversed()) write(account)
    const [first, second, third, fourth] = accounts.map(({ id }) => id)
    expect((await find(directory, { limit: 2 })).ids).toEqual([first, second])
    expect((await find(directory, { limit: 2, from: 3 })).ids).toEqual([fourth])
    const [, gone] = accounts
    if (gone) write({ ...gone, version: 2, live: false, purgeAfter: clock.at + 10 })
    const beyond = (id = '') => ({ from: { key: '', id } })
    expect((await find(directory, beyond(first))).ids).toEqual([third, fourth])
    expect((await find(directory, { ...beyond(second), limit: 1 })).ids).toEqual([third])
    expect((await find(directory)).total).toBe(3)
  })

  test('keeps the order of names while accounts are made, renamed and deleted', async () => {
    const directory = await open()
    const named = new Map<string, Account>()
    const put = (account: Account) => {
      named.set(account.id, account)
      directory.put('account', account)
    }
    for (let n = 0; n < 3000; n += 1) put(sampleAccount({ clientId: `client ${n}`, name: word(n) }))
    // Some change while the order is made for the first time, in slices.
    const finding = find(directory, { sorting: byName, limit: 5000 })
    const remove = (account: Account) => {
      directory.put('account', { ...account, version: 2, live: false, purgeAfter: 1 })
      named.delete(account.id)
    }
    const changes = [
      (account: Account) => put({ ...account, version: 2, name: `${account.name} again` }),
      remove,
      put,
    ]
    for (const [at, account] of [...named.values()].entries()) {
      if (at % 100 === 0) await nextTurn()
      changes[at % 3]?.(account)
    }
    await finding
    const { ids, total } = await find(directory, { sorting: byName, limit: 5000 })
    const expected = [...named.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    expect([ids, total]).toEqual([expected.map(({ id }) => id), expected.length])
  })

  test('holds up a login for one slice at most while it sorts and searches for many', async () => {
    const directory = await open()
    for (let n = 0; n < 30_000; n += 1) {
      directory.put('account', sampleAccount({ clientId: `client ${n}`, name: word(n) }))
    }
    let [isOver, turns] = [false, 0]
    const search = (text: string) => find(directory, { sorting: byName, search: text, limit: 1 })
    const all = Promise.all(['1', '2', '3', '4'].map(search)).then((found) => {
      isOver = true
      return found
    })
    while (!isOver) {
      await nextTurn()
      turns += 1
    }
    expect((await all).every(({ total }) => total > 1000)).toBe(true)
    // 30,000 are sorted 250 at a time, and searched four times, 2,000 at a time: no two in one turn.
    expect(turns).toBeGreaterThanOrEqual(30_000 / 250 + (4 * 30_000) / 2000)
  })

  test('knows nothing of a write that failed', async () => {
    const directory = await open()
    const commit = async () => {
      throw new Error('lost')
    }
    const through = knownStore({ ...store, commit }, directory)
    await expect(through.commit('account', sampleAccount(), sampleEvent)).rejects.toThrow('lost')
    expect(known(directory)).toBeUndefined()
  })
})

const sampleEvent = {
  id: 'x:1',
  at: 1,
  action: 'account.create',
  actor: { kind: 'system', id: '', name: '' },
  target: { kind: 'service_account', id: '', name: '' },
  requestId: '',
} as const
