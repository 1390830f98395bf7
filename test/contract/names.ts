import { expect, test } from '@jest/globals'
import { foldName } from '../../src/domain/names.ts'
import { sampleAccount } from '../domain/samples.ts'
import { change, clientKey, create, eventFor, outcome, tally, times, tombstone } from './samples.ts'
import type { Opened } from './store.ts'

export function nameRules(opened: () => Opened): void {
  test('of 20 creations of one name exactly one wins, on any number of handles', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    const results = await Promise.all(
      times(20, (n) => outcome(create(n % 2 ? store : second, { name: 'Reporter' }))),
    )
    expect(tally(results)).toEqual({ done: 1, 'name.taken name': 19 })
    expect(await store.count('account')).toBe(1)
    expect(await store.head()).toBe(1)
  })

  test('names that differ only in case or composition are one name', async () => {
    const { store } = opened()
    await create(store, { name: 'Café' })
    expect(await outcome(create(store, { name: 'CAFE\u0301' }))).toBe('name.taken name')
  })

  test('names are compared with their case folded in full, in no language', async () => {
    const { store } = opened()
    for (const [name, same] of [
      ['Straße', 'STRASSE'],
      ['\u03a3\u0391\u03a3', '\u03c3\u03b1\u03c3'],
      ['\ufb01le', 'FILE'],
      ['\u0149x', '\u02bcNX'],
      ['\u13a0', '\uab70'],
    ] as const) {
      await create(store, { name })
      expect([name, await outcome(create(store, { name: same }))]).toEqual([
        name,
        'name.taken name',
      ])
    }
    await create(store, { name: 'k\u0131z' })
    expect(await outcome(create(store, { name: 'KIZ' }))).toBe('done')
  })

  test('a renaming to a taken name is refused and leaves no trace', async () => {
    const { store } = opened()
    await create(store, { name: 'first' })
    const second = await create(store, { name: 'second' })
    expect(await outcome(change(store, second, { name: 'FIRST' }))).toBe('name.taken name')
    expect(await store.get('account', second.id)).toEqual(second)
    expect(await store.find('account', 'name', `root\u0000${foldName('second')}`)).toEqual(second)
    expect(await store.head()).toBe(2)
  })

  test('a renaming frees the former name at once', async () => {
    const { store } = opened()
    const first = await create(store, { name: 'first' })
    const renamed = await change(store, first, { name: 'other' })
    expect(await store.find('account', 'name', 'root\u0000first')).toBeUndefined()
    expect(await store.find('account', 'name', 'root\u0000other')).toEqual(renamed)
    expect(await outcome(create(store, { name: 'first' }))).toBe('done')
  })

  test('a deletion frees the name at once', async () => {
    const { store } = opened()
    const dead = tombstone(await create(store, { name: 'first' }))
    await store.commit('account', dead, eventFor(dead))
    expect(await outcome(create(store, { name: 'first' }))).toBe('done')
  })

  test('a client id is never given to a second account, not even after a deletion', async () => {
    const { store } = opened()
    const first = await create(store)
    const { clientId } = first
    expect(await outcome(create(store, { clientId }))).toBe('name.taken clientId')
    const dead = tombstone(first)
    await store.commit('account', dead, eventFor(dead))
    expect(await outcome(create(store, { clientId }))).toBe('name.taken clientId')
  })

  test('a record is found by each of its unique keys, and by those of its own kind only', async () => {
    const { store } = opened()
    const one = await create(store, { name: 'One' })
    const key = clientKey()
    await store.commit('client_key', key, eventFor(key))
    expect(await store.find('account', 'clientId', one.clientId)).toEqual(one)
    expect(await store.find('account', 'name', 'root\u0000one')).toEqual(one)
    expect(await store.find('client_key', 'digest', key.digest.value)).toEqual(key)
    expect(await store.find('account', 'digest', key.digest.value)).toBeUndefined()
    expect(await store.find('client_key', 'digest', one.clientId)).toBeUndefined()
  })

  test('a creation that is refused for its name can be made under another one', async () => {
    const { store } = opened()
    await create(store, { name: 'taken' })
    const record = sampleAccount({ name: 'taken' })
    expect(await outcome(store.commit('account', record, eventFor(record)))).toBe('name.taken name')
    const renamed = { ...record, name: 'free' }
    expect(await outcome(store.commit('account', renamed, eventFor(renamed)))).toBe('done')
  })
}
