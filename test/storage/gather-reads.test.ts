import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { gatheringReads } from '../../src/storage/mongo/gather-reads.ts'

/** A store that answers when it is told to; every id but `none` has its own value. */
function silentStore() {
  const reads: { ids: readonly string[]; answer: () => void; fail: () => void }[] = []
  const named = (id: string) => `value of ${id}`
  const read = gatheringReads<string>(
    (ids) =>
      new Promise((resolve, reject) => {
        const there = ids.filter((id) => id !== 'none')
        const answer = () => resolve(new Map(there.map((id) => [id, named(id)])))
        reads.push({ ids, answer, fail: () => reject(new Error('away')) })
      }),
  )
  return { read, reads, asked: () => reads.map(({ ids }) => ids) }
}

const busy = ['a', 'b', 'c', 'd']

/** One with as many reads under way as may be: each is slow. */
function busyStore() {
  const store = silentStore()
  const out = busy.map((id) => {
    const asking = store.read([id])
    jest.advanceTimersByTime(20)
    return asking
  })
  return { ...store, out }
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] })
})
afterEach(() => {
  jest.useRealTimers()
})

test('what is asked for while a read is out goes together, once it is answered', async () => {
  const { read, reads, asked } = silentStore()
  for (const id of ['a', 'b', 'c']) void read([id])
  expect(asked()).toEqual([['a']])
  reads[0]?.answer()
  await setImmediate()
  expect(asked()).toEqual([['a'], ['b', 'c']])
})

test('a read that is slow holds up none that comes after it', async () => {
  const { read, reads, asked } = silentStore()
  const slow = read(['a'])
  const [one, other] = [read(['b']), read(['c'])]
  jest.advanceTimersByTime(19)
  expect(asked()).toEqual([['a']])
  jest.advanceTimersByTime(1)
  expect(asked()).toEqual([['a'], ['b', 'c']])
  reads[1]?.answer()
  expect([(await one).size, (await other).size]).toEqual([1, 1])
  void read(['d'])
  expect(asked().slice(2)).toEqual([['d']])
  void read(['e'])
  expect(asked()).toHaveLength(3)
  reads[0]?.answer()
  expect((await slow).size).toBe(1)
  await setImmediate()
  expect(asked()).toHaveLength(3)
})

test('four reads are out at once, and no more, however slow they are', () => {
  const { read, asked } = busyStore()
  void read(['e'])
  jest.advanceTimersByTime(60_000)
  expect(asked()).toEqual(busy.map((id) => [id]))
})

test('what is asked for beyond four goes together, once one of them is answered', async () => {
  const { read, reads, asked } = busyStore()
  const [one, other, none] = [read(['e', 'f']), read(['f']), read(['none'])]
  expect(asked()).toHaveLength(4)
  reads[1]?.answer()
  await setImmediate()
  expect(asked().slice(4)).toEqual([['e', 'f', 'none']])
  reads[4]?.answer()
  expect(await one).toEqual(
    new Map([
      ['e', 'value of e'],
      ['f', 'value of f'],
    ]),
  )
  expect(await other).toEqual(new Map([['f', 'value of f']]))
  expect(await none).toEqual(new Map())
})

test('a read never joins one that went out before it was asked for', async () => {
  const { read, reads, asked } = busyStore()
  const again = read(['a'])
  for (const { answer } of [...reads]) answer()
  await setImmediate()
  expect(asked().slice(4)).toEqual([['a']])
  reads[4]?.answer()
  expect((await again).size).toBe(1)
})

test('a read that fails fails for all who share it, and for nobody else', async () => {
  const { read, reads, out } = busyStore()
  const shared = [read(['e']), read(['f'])]
  reads[0]?.answer()
  await setImmediate()
  reads[4]?.fail()
  for (const each of shared) await expect(each).rejects.toThrow('away')
  reads[1]?.answer()
  expect((await out[1])?.size).toBe(1)
  const next = read(['g'])
  reads[5]?.answer()
  expect((await next).size).toBe(1)
})

test('one read takes a thousand ids at most, unless one alone asks for more', async () => {
  const { read, reads, asked } = busyStore()
  const ids = (count: number, name: string) => Array.from({ length: count }, (_, n) => name + n)
  const asking = [read(ids(600, 'x')), read(ids(400, 'y')), read(ids(1, 'z')), read(ids(1500, 'w'))]
  for (let answered = 0; answered < 7; answered += 1) {
    reads[answered]?.answer()
    await setImmediate()
  }
  const sizes = asked().map(({ length }) => length)
  expect(sizes).toEqual([1, 1, 1, 1, 1000, 1, 1500])
  expect((await Promise.all(asking)).map(({ size }) => size)).toEqual([600, 400, 1, 1500])
})
