import { expect, test } from '@jest/globals'
import { Memo } from '../../../src/domain/access/memo.ts'
import { Recent } from '../../../src/domain/recent.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

test('what was worked out of a record is kept until the record or the tree changes', () => {
  const { known } = world().system
  let made = 0
  const memo = new Memo<{ readonly name: string }, number>(() => {
    made += 1
    return made
  })
  const record = { name: 'one' }
  const at = (revision: number) => ({ ...known, revision })
  expect([memo.of(at(1), record), memo.of(at(1), record)]).toEqual([1, 1])
  expect(memo.of(at(2), record)).toBe(2)
  expect(memo.of(at(2), { ...record })).toBe(3)
  expect(memo.of(at(2), record)).toBe(2)
})

test('no more than ten thousand values are kept, and those that were asked for lately stay', () => {
  const kept = new Recent<number, number>(10_000)
  for (let n = 0; n < 20_000; n += 1) {
    kept.set(n, n)
    expect(kept.get(0)).toBe(0)
  }
  const there = Array.from({ length: 20_000 }, (_, n) => n).filter((n) => kept.get(n) === n)
  expect(there.length).toBeLessThanOrEqual(10_000)
  expect(there).toContain(0)
})
