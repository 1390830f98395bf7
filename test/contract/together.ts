import { expect, test } from '@jest/globals'
import { noon } from '../domain/samples.ts'
import { brokenAt, change, create, looseEvent, outcome, tally, times, wholeLog } from './samples.ts'
import type { Opened } from './store.ts'

/** Writes that wait at the same moment share what they cost, and nothing else. */
export function togetherRules(opened: () => Opened): void {
  test('of 200 mixed writes at once the refused ones spoil none of the others', async () => {
    const { store } = opened()
    const former = await create(store, { name: 'taken' })
    await store.reserve('reserved', noon)
    const rows: readonly (readonly [string, (n: number) => Promise<unknown>])[] = [
      ['done', () => create(store)],
      ['name.taken name', () => create(store, { name: 'taken' })],
      ['done', () => store.append(looseEvent())],
      ['record.conflict', () => change(store, { ...former, version: 8 }, {})],
      ['true', (n) => store.reserve(`id ${n}`, noon)],
      ['false', () => store.reserve('reserved', noon)],
      ['done', (n) => store.noteUses(new Map([[`credential ${n}`, { at: n }]]))],
      ['record.conflict', () => create(store, { id: former.id })],
    ]
    const results = await Promise.all(
      times(25, (n) =>
        Promise.all(
          rows.map(async ([expected, write]) => {
            let answer: unknown
            const result = await outcome(
              write(n).then((value) => {
                answer = value
              }),
            )
            return [expected, typeof answer === 'boolean' ? String(answer) : result]
          }),
        ),
      ),
    )
    const wrong = results.flat().filter(([expected, result]) => expected !== result)
    expect(wrong).toEqual([])
    const events = await wholeLog(store)
    expect(events).toHaveLength(1 + 25 + 25)
    expect(brokenAt(events)).toBe(0)
    expect(await store.count('account')).toBe(1 + 25)
    expect(await store.get('account', former.id)).toEqual(former)
    const used = await store.uses(times(25, (n) => `credential ${n}`))
    expect([...used.values()].map(({ at }) => at).sort((a, b) => a - b)).toEqual(
      times(25, (n) => n),
    )
  })

  test('of 200 reads at once each finds what it asked for, and nothing for what is not there', async () => {
    const { store } = opened()
    const made = await Promise.all(times(20, () => create(store)))
    const used = made.map(({ id }, n) => [`use of ${id}`, { at: n + 1 }] as const)
    await store.noteUses(new Map(used))
    const reads = times(10, () =>
      made.map(async (account, n) => {
        const [id, use] = used[n] ?? ['', { at: 0 }]
        expect(await store.get('account', account.id)).toEqual(account)
        expect(await store.get('company', account.id)).toBeUndefined()
        expect(await store.uses([id, 'never used'])).toEqual(new Map([[id, use]]))
      }),
    )
    await Promise.all(reads.flat())
  })

  test('each acknowledged write is seen by the next read, of any kind, through any handle', async () => {
    const { store } = opened()
    const reader = (await opened().another()) ?? store
    await Promise.all(
      times(20, async (n) => {
        const made = await create(store)
        expect(await reader.get('account', made.id)).toEqual(made)
        const changed = await change(store, made, { name: `changed ${n}` })
        expect(await reader.find('account', 'name', `root\u0000changed ${n}`)).toEqual(changed)
        expect(await reader.head()).toBeGreaterThan(0)
        const logged = await reader.events({ targetId: made.id, limit: 10 })
        expect(logged.map(({ id }) => id)).toEqual([`${made.id}:1`, `${made.id}:2`])
        await store.noteUses(new Map([[made.id, { at: n, from: '::1' }]]))
        expect(await reader.uses([made.id])).toEqual(new Map([[made.id, { at: n, from: '::1' }]]))
      }),
    )
  })

  test('events stand in the order of the versions that they tell of', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    await Promise.all(
      times(10, async (n) => {
        let record = await create(n % 2 ? store : second)
        for (let version = 2; version <= 5; version += 1) {
          record = await change(version % 2 ? store : second, record, {})
        }
      }),
    )
    const events = await wholeLog(store)
    expect(events).toHaveLength(50)
    expect(brokenAt(events)).toBe(0)
    const versions = Map.groupBy(events, ({ target }) => target.id)
    for (const [id, told] of versions) {
      expect(told.map((event) => event.id)).toEqual(times(5, (n) => `${id}:${n + 1}`))
    }
  })

  test('of two records at once with one name, one is there, with its event and the others', async () => {
    const { store } = opened()
    const results = await Promise.all(
      times(30, (n) => outcome(create(store, { name: `name ${Math.floor(n / 2)}` }))),
    )
    expect(tally(results)).toEqual({ done: 15, 'name.taken name': 15 })
    const names = (await store.list('account', { limit: 100 })).map(({ name }) => name)
    expect(names.sort()).toEqual(times(15, (n) => `name ${n}`).sort())
    expect(await store.head()).toBe(15)
  })

  test('an event that is there already leaves no gap between those that come with it', async () => {
    const { store } = opened()
    const [old, events] = [looseEvent(), times(20, () => looseEvent())]
    await store.append(old)
    const all = events.flatMap((event, n) => (n % 4 === 2 ? [old, event, event] : [event]))
    await Promise.all(all.map((event) => store.append(event)))
    const logged = await wholeLog(store)
    expect(brokenAt(logged)).toBe(0)
    const ids = [old, ...events].map(({ id }) => id)
    expect(logged.map(({ id }) => id).sort()).toEqual(ids.sort())
  })
}
