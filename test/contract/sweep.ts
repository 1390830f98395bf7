import { expect, test } from '@jest/globals'
import type { Store } from '../../src/domain/store.ts'
import { noon, sampleAccount } from '../domain/samples.ts'
import { create, eventFor, outcome, revocation, times, tombstone } from './samples.ts'
import type { Opened } from './store.ts'

async function claimMany(store: Store, count: number, expiresAt: number): Promise<void> {
  for (let first = 0; first < count; first += 200) {
    const batch = times(Math.min(200, count - first), (n) => `${expiresAt} ${first + n}`)
    await Promise.all(batch.map((id) => store.reserve(id, expiresAt)))
  }
}

export function sweepRules(opened: () => Opened): void {
  test('a reservation is kept until its end has passed', async () => {
    const { store } = opened()
    await store.reserve('past', noon - 1)
    await store.reserve('now', noon)
    expect(await store.sweep(noon)).toEqual({ removed: 1, more: false })
    expect(await store.reserve('past', noon)).toBe(true)
    expect(await store.reserve('now', noon)).toBe(false)
  })

  test('the horizon covers every reservation that was forgotten, goes no further, and never falls', async () => {
    const { store } = opened()
    expect(await store.reservationHorizon()).toBe(0)
    await store.reserve('early', noon)
    await store.sweep(noon + 1000)
    expect(await store.reservationHorizon()).toBe(noon + 1)
    await store.reserve('earlier', noon - 1000)
    await store.sweep(noon - 500)
    expect(await store.reservationHorizon()).toBe(noon + 1)
    expect(await (await opened().reopen()).reservationHorizon()).toBe(noon + 1)
  })

  test('a sweep is bounded, says when there is more, and goes on after a restart', async () => {
    await claimMany(opened().store, 1100, noon)
    await claimMany(opened().store, 10, noon + 10_000)
    const first = await opened().store.sweep(noon + 1)
    expect(first.removed).toBeGreaterThan(0)
    expect(first.removed).toBeLessThan(1100)
    expect(first.more).toBe(true)
    const store = await opened().reopen()
    let removed = first.removed
    for (let more = true; more; ) {
      const batch = await store.sweep(noon + 1)
      removed += batch.removed
      more = batch.more
    }
    expect(removed).toBe(1100)
    expect(await store.reserve(`${noon + 10_000} 0`, noon)).toBe(false)
  })

  test('two sweepers at once remove what is over and nothing else', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    await claimMany(store, 300, noon)
    await store.reserve('later', noon + 10)
    await Promise.all([store.sweep(noon + 1), second.sweep(noon + 1), store.sweep(noon + 1)])
    expect(await store.sweep(noon + 1)).toEqual({ removed: 0, more: false })
    expect(await store.reserve('later', noon)).toBe(false)
  })

  test('a tombstone is removed for good from its time on, and with it its client id', async () => {
    const { store } = opened()
    const first = await create(store)
    const dead = tombstone(first, noon)
    await store.commit('account', dead, eventFor(dead))
    expect(await store.sweep(noon - 1)).toEqual({ removed: 0, more: false })
    expect(await store.get('account', first.id)).toEqual(dead)
    expect(await store.sweep(noon)).toEqual({ removed: 1, more: false })
    expect(await store.get('account', first.id)).toBeUndefined()
    expect(await store.find('account', 'clientId', first.clientId)).toBeUndefined()
    expect(await store.head()).toBe(2)
  })

  test('a revocation is removed when its token would have ended, other records stay', async () => {
    const { store } = opened()
    const [over, lasting] = [revocation({ purgeAfter: noon }), revocation({ purgeAfter: noon + 1 })]
    await store.commit('revocation', over, eventFor(over))
    await store.commit('revocation', lasting, eventFor(lasting))
    const kept = await create(store)
    expect(await store.sweep(noon)).toEqual({ removed: 1, more: false })
    expect(await store.list('revocation', { limit: 10 })).toEqual([lasting])
    expect(await store.list('account', { limit: 10 })).toEqual([kept])
  })

  test('a sweep beside writers removes nothing that is alive', async () => {
    const { store } = opened()
    const sweeping = Promise.all(times(10, () => store.sweep(noon)))
    const made = await Promise.all(times(20, () => create(store)))
    await sweeping
    expect(await store.count('account')).toBe(made.length)
    expect(await outcome(store.commit('account', sampleAccount(), eventFor(sampleAccount())))).toBe(
      'done',
    )
  })
}
