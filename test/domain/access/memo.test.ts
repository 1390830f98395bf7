import { expect, test } from '@jest/globals'
import { Memo } from '../../../src/domain/access/memo.ts'
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
