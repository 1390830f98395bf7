import { inspect } from 'node:util'
import { afterEach, expect, test } from '@jest/globals'
import type { Store } from '../../src/domain/store.ts'
import { openMongo } from '../../src/storage/mongo/open.ts'
import { brokenAt, create, eventFor, outcome, tally, times, wholeLog } from '../contract/samples.ts'
import { noon, sampleAccount } from '../domain/samples.ts'
import { eventually } from '../support/eventually.ts'
import { type Database, databasePerTest, describeMongo } from './mongo-database.ts'
import { proxyTo, type TcpProxy } from './proxy.ts'

const timeoutMs = 1500
/** Longer than any call takes that is answered. */
const patientMs = 60_000

describeMongo('a MongoDB server that goes away', () => {
  const database = databasePerTest()
  const closing: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function behindProxy(timeout = timeoutMs): Promise<{ store: Store; proxy: TcpProxy }> {
    const proxy = await proxyBefore(database())
    const uri = new URL(database().uri)
    uri.host = `127.0.0.1:${proxy.port}`
    // What is slow is over before: making the database.
    await (await database().open()).close()
    const store = await openMongo(uri.href, { timeoutMs: timeout })
    closing.push(() => store.close(), proxy.close)
    return { store, proxy }
  }

  async function proxyBefore({ uri }: Database): Promise<TcpProxy> {
    const { hostname, port } = new URL(uri)
    return await proxyTo(Number(port || 27017), hostname)
  }

  /** Until it is done: on a busy machine an answer may come later than these stores wait. */
  async function expectDone(call: () => Promise<unknown>): Promise<void> {
    const result = await eventually(
      () => outcome(call()),
      (answer) => answer === 'done',
    )
    expect(result).toBe('done')
  }

  test.each(['silent', 'refusing'] as const)(
    'and is %s fails calls with store.unavailable, which work when it is back',
    async (mood) => {
      const { store, proxy } = await behindProxy()
      await expectDone(() => create(store))
      proxy.become(mood)
      const record = sampleAccount()
      const results = await Promise.all([
        outcome(store.get('account', record.id)),
        outcome(store.commit('account', record, eventFor(record))),
        outcome(store.reserve('id', noon)),
        outcome(store.events({ limit: 1 })),
        outcome(store.settle()),
        outcome(store.reservationHorizon()),
      ])
      expect(tally(results)).toEqual({ 'store.unavailable': 6 })
      proxy.become('passing')
      await expectDone(() => create(store))
      const seen = await database().open()
      await seen.settle()
      expect(brokenAt(await wholeLog(seen))).toBe(0)
    },
  )

  test('is given up on by a store for which no bound was set', async () => {
    const proxy = await proxyBefore(database())
    closing.push(proxy.close)
    const uri = new URL(database().uri)
    uri.host = `127.0.0.1:${proxy.port}`
    const store = await openMongo(uri.href)
    closing.unshift(() => store.close())
    proxy.become('silent')
    expect(await outcome(store.reserve('id', noon))).toBe('store.unavailable')
  })

  test('lets no more calls wait for it than a bound, and works when it is back', async () => {
    const { store, proxy } = await behindProxy()
    proxy.become('silent')
    let isOver = false
    const first = outcome(store.reserve('the first', noon)).finally(() => {
      isOver = true
    })
    let early = 0
    const calls = times(3000, async (n) => {
      const result = await outcome(store.reserve(`id ${n}`, noon))
      if (!isOver) early += 1
      return result
    })
    expect(tally(await Promise.all(calls))).toEqual({ 'store.unavailable': 3000 })
    expect(await first).toBe('store.unavailable')
    expect(early).toBeGreaterThanOrEqual(2000)
    proxy.become('passing')
    let tries = 0
    const another = () => {
      tries += 1
      return store.reserve(`another ${tries}`, noon).catch(() => false)
    }
    expect(await eventually(another)).toBe(true)
  })

  /** How a command on a collection begins in the wire protocol: BSON, a string member. */
  function command(name: string, collection: string): Buffer {
    const length = Buffer.alloc(4)
    length.writeInt32LE(collection.length + 1)
    return Buffer.concat([Buffer.from(`${name}\0`), length, Buffer.from(`${collection}\0`)])
  }

  test('after it took a claim grants it to the retry, whose own it is', async () => {
    const { store, proxy } = await behindProxy(patientMs)
    proxy.loseReplyTo(command('insert', 'claims'))
    expect(await store.reserve('id', noon)).toBe(true)
    expect(await store.reserve('id', noon)).toBe(false)
  })

  test.each([
    ['insert', 'account'],
    ['insert', 'events'],
    ['update', 'account'],
  ])('after it took the %s of %s in a commit lets the commit succeed, once', async (name, noun) => {
    const { store, proxy } = await behindProxy(patientMs)
    const record = sampleAccount()
    proxy.loseReplyTo(command(name, noun))
    expect(await outcome(store.commit('account', record, eventFor(record)))).toBe('done')
    proxy.loseReplyTo(command(name, noun))
    const second = { ...record, version: 2 }
    expect(await outcome(store.commit('account', second, eventFor(second)))).toBe('done')
    expect((await wholeLog(store)).map(({ id }) => id)).toEqual([
      `${record.id}:1`,
      `${record.id}:2`,
    ])
    await store.settle()
    expect(await store.head()).toBe(2)
  })

  test('for longer than the driver needs to find it again works when it is back', async () => {
    const shortMs = 200
    const { store, proxy } = await behindProxy(shortMs)
    await expectDone(() => create(store))
    proxy.become('refusing')
    const leftAt = performance.now()
    const results: string[] = []
    while (performance.now() - leftAt < 5 * shortMs) {
      results.push(await outcome(store.reservationHorizon()), await outcome(store.probeWrites()))
    }
    expect(new Set(results)).toEqual(new Set(['store.unavailable']))
    proxy.become('passing')
    await expectDone(() => store.probeWrites())
    await expectDone(() => create(store))
  })

  test('in the middle of many commits keeps each acknowledged one, and a sound log', async () => {
    const { store, proxy } = await behindProxy()
    const done: string[] = []
    const write = async () => {
      const record = sampleAccount()
      const result = await outcome(store.commit('account', record, eventFor(record)))
      if (result === 'done') done.push(record.id)
      if (done.length === 25) proxy.become('refusing')
    }
    const writeTen = async () => {
      for (let n = 0; n < 10; n += 1) await write()
    }
    await Promise.all(times(8, writeTen))
    expect(done.length).toBeLessThan(80)
    proxy.become('passing')
    await expectDone(() => store.reservationHorizon())
    const seen = await database().open()
    await seen.settle()
    const events = await wholeLog(seen)
    expect(brokenAt(events)).toBe(0)
    const logged = new Set(events.map(({ target }) => target.id))
    expect(done.filter((id) => !logged.has(id))).toEqual([])
    const listed = await seen.list('account', { limit: 1000 })
    expect(listed.map(({ id }) => id).sort()).toEqual([...logged].sort())
  })

  test('or was never there fails the opening of a store, without a word of the password', async () => {
    const proxy = await proxyBefore(database())
    await proxy.close()
    const uri = `mongodb://user:hunter2@127.0.0.1:${proxy.port}/x`
    const failure: unknown = await openMongo(uri, { timeoutMs: 300 }).catch((error) => error)
    expect(failure).toMatchObject({ code: 'store.unavailable' })
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('hunter2')
  })

  test('a URI that cannot be read is refused without being shown', async () => {
    for (const uri of [
      'mongodb://user:hun/ter2@host/x',
      'mongodb://u:hunter2@h:port/',
      'hunter2',
    ]) {
      const failure: unknown = await openMongo(uri).catch((error) => error)
      expect(inspect(failure, { depth: 20 })).toContain('The MongoDB URI cannot be read')
      expect(inspect(failure, { depth: 20 })).not.toMatch(/hun.?ter2/)
    }
  })
})
