import { expect, test } from '@jest/globals'
import { noon } from '../domain/samples.ts'
import { tally, times } from './samples.ts'
import type { Opened } from './store.ts'

export function reservationRules(opened: () => Opened): void {
  test('of 20 reservations of one id exactly one is granted, on any number of handles', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    for (let round = 0; round < 5; round += 1) {
      const granted = await Promise.all(
        times(20, (n) => (n % 2 ? store : second).reserve(`id ${round}`, noon + n)),
      )
      expect(tally(granted.map(String))).toEqual({ true: 1, false: 19 })
    }
  })

  test('reservations of different ids do not hinder each other', async () => {
    const { store } = opened()
    const granted = await Promise.all(times(100, (n) => store.reserve(`id ${n}`, noon)))
    expect(granted).toEqual(times(100, () => true))
  })

  test('a reservation outlives a restart', async () => {
    expect(await opened().store.reserve('id', noon)).toBe(true)
    expect(await (await opened().reopen()).reserve('id', noon)).toBe(false)
  })

  test('a reservation may end at any time that a number can name', async () => {
    const { store } = opened()
    const ends = [noon + 0.5, Number.MAX_VALUE, Number.POSITIVE_INFINITY, 0, -1]
    for (const end of ends) expect(await store.reserve(`until ${end}`, end)).toBe(true)
  })

  test('the latest use of a credential stays, whatever the order of the notes', async () => {
    const { store } = opened()
    await store.noteUses(new Map())
    await store.noteUses(new Map([['a', { at: 5, from: '192.0.2.5' }]]))
    await Promise.all(
      times(20, (n) =>
        store.noteUses(
          new Map([
            ['a', { at: n, from: `192.0.2.${n}` }],
            ['b', { at: 100 - n }],
          ]),
        ),
      ),
    )
    expect(await store.uses(['a', 'b', 'never'])).toEqual(
      new Map([
        ['a', { at: 19, from: '192.0.2.19' }],
        ['b', { at: 100 }],
      ]),
    )
    expect(await store.uses([])).toEqual(new Map())
    expect(await store.head()).toBe(0)
  })

  test('a later use whose address is not known leaves none of an earlier one', async () => {
    const { store } = opened()
    await store.noteUses(new Map([['a', { at: 5, from: '192.0.2.5' }]]))
    await store.noteUses(new Map([['a', { at: 6 }]]))
    expect(await store.uses(['a'])).toEqual(new Map([['a', { at: 6 }]]))
    await store.noteUses(new Map([['a', { at: 5, from: '192.0.2.5' }]]))
    expect(await store.uses(['a'])).toEqual(new Map([['a', { at: 6 }]]))
  })

  test('ids that were used are told in pages, each once, until they are forgotten', async () => {
    const { store } = opened()
    const ids = times(25, (n) => `credential ${n}`)
    await store.noteUses(new Map(ids.map((id) => [id, { at: 1 }])))
    const found: string[] = []
    for (let page = await store.usedIds('', 10); page.length > 0; ) {
      found.push(...page)
      page = await store.usedIds(page.at(-1) ?? '', 10)
    }
    expect(found.toSorted()).toEqual(ids.toSorted())
    await store.forgetUses([...ids.slice(1), 'never'])
    expect(await store.usedIds('', 10)).toEqual(['credential 0'])
    await store.forgetUses([])
  })

  test('more uses than one command may hold are noted, read and forgotten, each once', async () => {
    const { store } = opened()
    const uses = new Map(times(2345, (n) => [`credential ${n}`, { at: n, from: '::1' }]))
    await store.noteUses(uses)
    expect(await store.uses([...uses.keys(), 'never'])).toEqual(uses)
    await store.forgetUses([...uses.keys()])
    expect(await store.uses([...uses.keys()])).toEqual(new Map())
  })
}
