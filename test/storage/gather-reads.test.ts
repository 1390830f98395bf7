import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
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

/** One with as many reads under way as may be. */
function busyStore() {
  const store = silentStore()
  const out = busy.map((id) => store.read([id]))
  return { ...store, out }
}

test('a few reads at once go out at once, each by itself', () => {
  expect(busyStore().asked()).toEqual(busy.map((id) => [id]))
})

test('what is asked for beyond them goes together, once one of them is answered', async () => {
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
  for (const { answer } of [...reads]) answer()
  await setImmediate()
  expect(
    asked()
      .slice(4)
      .map(({ length }) => length),
  ).toEqual([1000, 1, 1500])
  for (const { answer } of reads.slice(4)) answer()
  expect((await Promise.all(asking)).map(({ size }) => size)).toEqual([600, 400, 1, 1500])
})
