import { beforeEach, describe, expect, test } from '@jest/globals'
import type { PublicKey } from '../../src/domain/credentials/public-key.ts'
import { type PublishedKeys, publishedKeys } from '../../src/http/published-keys.ts'

const uri = 'https://keys.example/set'
const second = 1000
const start = Date.UTC(2030, 0, 1)
const key = (kid: string): PublicKey => ({ kty: 'OKP', kid, crv: 'Ed25519', x: kid })

let now = start
let reads: string[] = []
let told: string[] = []
/** What is published; a text is why it cannot be read. */
let shown: readonly PublicKey[] | string = []
let freshSeconds = 60
let skipped: string[] = []
/** Holds up every reading until it is let go. */
let gate: Promise<void> = Promise.resolve()
let keysAt: PublishedKeys<PublicKey>

beforeEach(() => {
  now = start
  reads = []
  told = []
  shown = [key('one')]
  freshSeconds = 60
  skipped = []
  gate = Promise.resolve()
  keysAt = publishedKeys({
    graceSeconds: 3600,
    now: () => now,
    read: async (place) => {
      reads.push(place)
      await gate
      if (typeof shown === 'string') throw new Error(shown)
      return { keys: shown, skipped, freshSeconds }
    },
    onFailure: (_place, error) => told.push(String(error)),
    onSkipped: (_place, words) => told.push(words.join()),
  })
})

const holds = (kid: string) => (keys: readonly PublicKey[]) => keys.some((k) => k.kid === kid)
/** The kids that a login with this kid is verified with; undefined when there are none to be had. */
async function kids(kid = 'one', place = uri) {
  const published = await keysAt(place, holds(kid))
  return published.ok ? published.keys.map((k) => k.kid) : undefined
}

function held() {
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = promise
  return resolve
}

describe('a published key set', () => {
  test('is read once while it is fresh, and again before it is used when it no longer is', async () => {
    expect(await kids()).toEqual(['one'])
    now += 59.9 * second
    expect(await kids()).toEqual(['one'])
    expect(reads).toHaveLength(1)
    shown = [key('two')]
    now += 0.1 * second
    expect(await kids()).toEqual(['two'])
    expect(reads).toHaveLength(2)
  })

  test('is fresh for as long as its host says, from the moment it was asked', async () => {
    freshSeconds = 600
    const go = held()
    const first = kids()
    now += 100 * second
    go()
    await first
    now += 499 * second
    await kids()
    expect(reads).toHaveLength(1)
    now += second
    await kids()
    expect(reads).toHaveLength(2)
  })

  test('is no longer fresh when the clock was set back', async () => {
    await kids()
    now -= 3600 * second
    shown = [key('two')]
    expect(await kids()).toEqual(['two'])
  })

  test('is read again for a kid that it lacks, at most once in ten seconds', async () => {
    freshSeconds = 3600
    await kids()
    shown = [key('one'), key('two')]
    expect(await kids('two')).toEqual(['one'])
    now += 9.9 * second
    for (let asked = 0; asked < 20; asked += 1) expect(await kids('two')).toEqual(['one'])
    expect(reads).toHaveLength(1)
    now += 0.1 * second
    expect(await kids('two')).toEqual(['one', 'two'])
    for (let asked = 0; asked < 20; asked += 1) await kids('three')
    expect(reads).toHaveLength(2)
  })

  test('holds up nobody whose key is known while it is read for a kid that is not', async () => {
    await kids()
    now += 30 * second
    const go = held()
    const waiting = kids('two')
    expect(await kids('one')).toEqual(['one'])
    go()
    await waiting
  })

  test('is read once for all who wait for it', async () => {
    const go = held()
    const all = Array.from({ length: 50 }, () => kids())
    go()
    for (const found of await Promise.all(all)) expect(found).toEqual(['one'])
    expect(reads).toHaveLength(1)
  })

  test('keeps its keys for an hour while its host fails, and nobody waits for that', async () => {
    await kids()
    shown = 'away'
    now += 60 * second
    expect(await kids()).toEqual(['one'])
    expect([reads.length, told]).toEqual([2, ['Error: away']])
    for (let minute = 1; minute < 60; minute += 1) {
      now += 60 * second
      const go = held()
      expect(await kids()).toEqual(['one'])
      go()
      await gate
    }
    now += 60 * second
    await kids()
    expect(await kids()).toBeUndefined()
    expect(reads.length).toBeLessThanOrEqual(63)
  })

  test('that failed is left alone for a second, then its keys are as they are by then', async () => {
    shown = 'away'
    for (let asked = 0; asked < 20; asked += 1) expect(await kids()).toBeUndefined()
    expect(await keysAt(uri, holds('one'))).toMatchObject({
      ok: false,
      isBusy: false,
      why: expect.stringContaining('away'),
    })
    expect(reads).toHaveLength(1)
    shown = [key('one')]
    now += 0.9 * second
    expect(await kids()).toBeUndefined()
    now += 0.1 * second
    expect(await kids()).toEqual(['one'])
    expect(reads).toHaveLength(2)
  })

  test('that fails again and again is left alone twice as long each time, up to a minute', async () => {
    shown = 'away'
    await kids()
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = reads.length
      now += pause * second - 1
      await kids()
      expect(reads).toHaveLength(before)
      now += 1
      await kids()
      expect(reads).toHaveLength(before + 1)
    }
  })

  test('that was read after failures is left alone for a second when it fails anew', async () => {
    shown = 'away'
    await kids()
    now += second
    await kids()
    now += 2 * second
    shown = [key('one')]
    await kids()
    shown = 'away'
    now += 60 * second
    await kids()
    expect(reads).toHaveLength(4)
    now += second
    await kids()
    expect(reads).toHaveLength(5)
  })

  test('that failed is left alone from the end of the reading on, however long that took', async () => {
    shown = 'away'
    const go = held()
    const first = kids()
    now += 5 * second
    go()
    await first
    now += 0.9 * second
    await kids()
    expect(reads).toHaveLength(1)
  })

  test('that failed shows a new key a second later, while its former keys are good', async () => {
    await kids()
    now += 60 * second
    shown = 'away'
    expect(await kids()).toEqual(['one'])
    shown = [key('one'), key('two')]
    now += second
    expect(await kids('two')).toEqual(['one', 'two'])
  })

  test('that lost all of its keys ends them at once: that is no failure', async () => {
    await kids()
    shown = []
    now += 60 * second
    expect(await kids()).toEqual([])
  })

  test('is not waited for by more than a hundred, nor all of them by more than 500', async () => {
    const go = held()
    const counts = { waiting: 0, busy: 0 }
    const ask = (place: string) =>
      keysAt(place, holds('one')).then((published) => {
        if (published.ok) counts.waiting += 1
        else if (published.isBusy) counts.busy += 1
      })
    const crowd = Array.from({ length: 150 }, () => ask(uri))
    const others = Array.from({ length: 600 }, (_, place) => ask(`${uri}/${place}`))
    go()
    await Promise.all([...crowd, ...others])
    expect(counts).toEqual({ waiting: 500, busy: 250 })
    expect(reads).toHaveLength(401)
    expect(await kids()).toEqual(['one'])
    expect(await kids('one', `${uri}/599`)).toEqual(['one'])
  })

  test('is told of when something else is skipped of it than before', async () => {
    for (const words of [['a'], ['a'], ['a', 'b'], [], []]) {
      skipped = words
      await kids()
      now += 60 * second
    }
    expect(told).toEqual(['a', 'a,b', ''])
  })
})
