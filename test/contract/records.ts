import { expect, test } from '@jest/globals'
import type { Store } from '../../src/domain/store.ts'
import { sampleAccount } from '../domain/samples.ts'
import { change, create, eventFor, outcome, tally, times, tombstone, wholeLog } from './samples.ts'
import type { Opened } from './store.ts'

export function recordRules(opened: () => Opened): void {
  const handles = async (): Promise<readonly Store[]> => {
    const { store } = opened()
    const second = await opened().another()
    return second ? [store, second] : [store]
  }

  test('of 20 writers of one version exactly one wins, on any number of handles', async () => {
    const stores = await handles()
    const first = await create(opened().store)
    const results = await Promise.all(
      times(20, async (n) => {
        const store = stores[n % stores.length] ?? opened().store
        return await outcome(change(store, first, { description: `writer ${n}` }))
      }),
    )
    expect(tally(results)).toEqual({ done: 1, 'record.conflict': 19 })
    const winner = `writer ${results.indexOf('done')}`
    expect(await opened().store.get('account', first.id)).toMatchObject({
      version: 2,
      description: winner,
    })
    expect(await opened().store.head()).toBe(2)
  })

  test('identical records written at once are still one winner when the requests differ', async () => {
    const stores = await handles()
    const first = await create(opened().store)
    const same = { ...first, version: 2, state: 'disabled' } as const
    const results = await Promise.all(
      times(20, (n) => {
        const store = stores[n % stores.length] ?? opened().store
        return outcome(store.commit('account', same, eventFor(same)))
      }),
    )
    expect(tally(results)).toEqual({ done: 1, 'record.conflict': 19 })
  })

  test('20 writers that read again after each conflict lose no increment', async () => {
    const stores = await handles()
    const { id } = await create(opened().store)
    const increment = async (store: Store): Promise<void> => {
      const current = await store.get('account', id)
      if (!current) throw new Error('the record is gone')
      const generation = current.generation + 1
      const result = await outcome(change(store, current, { generation }))
      if (result === 'record.conflict') return await increment(store)
      expect(result).toBe('done')
    }
    await Promise.all(times(20, (n) => increment(stores[n % stores.length] ?? opened().store)))
    expect(await opened().store.get('account', id)).toMatchObject({
      version: 21,
      generation: 20,
    })
    const versions = (await wholeLog(opened().store)).map((event) => event.id)
    expect(versions).toEqual(times(21, (n) => `${id}:${n + 1}`))
  })

  test('of 20 inserts of one id exactly one wins', async () => {
    const { id } = sampleAccount()
    const results = await Promise.all(times(20, () => outcome(create(opened().store, { id }))))
    expect(tally(results)).toEqual({ done: 1, 'record.conflict': 19 })
    expect(await opened().store.head()).toBe(1)
  })

  test('refuses to replace what is not there, a newer version, and a version not yet reached', async () => {
    const { store } = opened()
    expect(await outcome(change(store, sampleAccount(), {}))).toBe('record.conflict')
    const first = await create(store)
    const second = await change(store, first, {})
    expect(await outcome(change(store, first, {}))).toBe('record.conflict')
    expect(await outcome(change(store, { ...second, version: 3 }, {}))).toBe('record.conflict')
    expect(await store.get('account', first.id)).toEqual(second)
    expect(await store.head()).toBe(2)
  })

  test('the same write again, under the same event, is a success that changes nothing', async () => {
    const { store } = opened()
    const first = sampleAccount()
    const created = eventFor(first)
    const second = { ...first, version: 2, description: 'second' }
    const updated = eventFor(second)
    await store.commit('account', first, created)
    await store.commit('account', first, created)
    await store.commit('account', second, updated)
    await store.commit('account', second, updated)
    await store.commit('account', first, created)
    expect(await store.get('account', first.id)).toEqual(second)
    expect(await store.head()).toBe(2)
  })

  test('another record under an event that is there already is a conflict', async () => {
    const { store } = opened()
    const first = sampleAccount()
    const event = eventFor(first)
    await store.commit('account', first, event)
    const other = { ...first, description: 'other' }
    expect(await outcome(store.commit('account', other, event))).toBe('record.conflict')
    expect(await store.get('account', first.id)).toEqual(first)
  })

  test('a tombstone can be read, but is neither listed nor counted', async () => {
    const { store } = opened()
    const [gone, kept] = [await create(store), await create(store)]
    const dead = tombstone(gone)
    await store.commit('account', dead, eventFor(dead))
    expect(await store.get('account', gone.id)).toEqual(dead)
    expect(await store.find('account', 'clientId', gone.clientId)).toEqual(dead)
    expect(await store.list('account', { limit: 10 })).toEqual([kept])
    expect(await store.count('account')).toBe(1)
  })

  test('what is not there is undefined', async () => {
    const { store } = opened()
    expect(await store.get('account', 'acc_none')).toBeUndefined()
    expect(await store.find('account', 'clientId', 'none')).toBeUndefined()
    expect(await store.list('account', { limit: 10 })).toEqual([])
    expect(await store.count('account')).toBe(0)
  })

  test('lists by ascending id, in the scope asked for, with limit, offset and cursor', async () => {
    const { store } = opened()
    const ids: string[] = []
    for (let n = 0; n < 7; n += 1) ids.push((await create(store)).id)
    ids.sort()
    const listed = async (query: { after?: string; offset?: number; limit: number }) =>
      (await store.list('account', { scope: 'root', ...query })).map(({ id }) => id)
    expect(await listed({ limit: 100 })).toEqual(ids)
    expect(await listed({ limit: 3 })).toEqual(ids.slice(0, 3))
    expect(await listed({ limit: 0 })).toEqual([])
    expect(await listed({ limit: 3, offset: 5 })).toEqual(ids.slice(5))
    expect(await listed({ limit: 3, after: ids[2] ?? '' })).toEqual(ids.slice(3, 6))
    expect(await listed({ limit: 2, after: ids[2] ?? '', offset: 1 })).toEqual(ids.slice(4, 6))
    expect(await store.list('account', { scope: 'elsewhere', limit: 100 })).toEqual([])
    expect(await store.count('account', 'root')).toBe(7)
    expect(await store.count('account', 'elsewhere')).toBe(0)
  })

  test('a listing by cursor shows each lasting record once while others come and go', async () => {
    const { store } = opened()
    const lasting: string[] = []
    for (let n = 0; n < 30; n += 1) lasting.push((await create(store)).id)
    let isReading = true
    const others = times(3, async () => {
      while (isReading) {
        const passing = await create(store)
        const dead = tombstone(passing)
        await store.commit('account', dead, eventFor(dead))
      }
    })
    const seen: string[] = []
    for (let after = ''; ; after = seen.at(-1) ?? '') {
      const page = await store.list('account', { after, limit: 4 })
      seen.push(...page.map(({ id }) => id))
      if (page.length < 4) break
    }
    isReading = false
    await Promise.all(others)
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen.filter((id) => lasting.includes(id))).toEqual(lasting.sort())
  })

  test('many are read by their ids at once, tombstones included, and those that are not there left out', async () => {
    const { store } = opened()
    const made = [await create(store), await create(store), await create(store)]
    const [first, second] = made
    if (!first || !second) throw new Error('nothing was made')
    const gone = tombstone(second)
    await store.commit('account', gone, eventFor(gone))
    const found = await store.getMany('account', [first.id, second.id, 'acc_none'])
    expect(found.map(({ id, live }) => [id, live]).sort()).toEqual(
      [
        [first.id, true],
        [second.id, false],
      ].sort(),
    )
    expect(await store.getMany('account', [])).toEqual([])
  })

  test('all are read in the order of their ids, page by page, tombstones included', async () => {
    const { store } = opened()
    const made = [await create(store), await create(store), await create(store)]
    const [, second] = made
    if (!second) throw new Error('nothing was made')
    const gone = tombstone(second)
    await store.commit('account', gone, eventFor(gone))
    const ids = made.map(({ id }) => id).sort()
    const first = await store.scan('account', { after: '', limit: 2 })
    const rest = await store.scan('account', { after: first.at(-1)?.id ?? '', limit: 2 })
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids)
  })
}
