import { expect, test } from '@jest/globals'
import { usesById } from '../../../src/domain/accounts/uses.ts'
import { slicesOf } from '../../../src/domain/lists/page.ts'
import type { Use } from '../../../src/domain/store.ts'

const numbers = Array.from({ length: 1234 }, (_, n) => n)

/** What is known, counting turns. */
function counting() {
  let turns = 0
  const nextTurn = async () => {
    turns += 1
  }
  return { reading: { known: { nextTurn } }, turns: () => turns }
}

test.each([
  [undefined, 500],
  [100, 100],
])('much is looked at in slices, each in a turn of its own (%p)', async (asked, size) => {
  const { reading, turns } = counting()
  const seen: number[] = []
  for await (const some of slicesOf(reading, numbers, asked)) {
    seen.push(...some)
    expect(some.length).toBeLessThanOrEqual(size)
    expect(turns()).toBe(Math.ceil(seen.length / size))
  }
  expect(seen).toEqual(numbers)
})

test('the last uses of many are read some in each turn', async () => {
  const { reading, turns } = counting()
  const [asked, sizes]: [string[], number[]] = [[], []]
  const uses = async (ids: readonly string[]) => {
    asked.push(...ids)
    sizes.push(ids.length)
    expect(turns()).toBe(sizes.length - 1)
    return new Map<string, Use>(ids.map((id) => [id, { at: Number(id) }]))
  }
  const pairs = numbers.map((n) => [`${n}`, `${n}5`])
  const found = await usesById({ ...reading, store: { uses } }, pairs)
  expect(asked).toEqual(pairs.flat())
  expect(Math.max(...sizes)).toBe(500)
  expect(found.size).toBe(new Set(asked).size)
})
