import { describe, expect, test } from '@jest/globals'
import { compareStandings, type Standing } from '../../../src/domain/lists/order.ts'
import { SortedList } from '../../../src/domain/lists/sorted-list.ts'

const placeAt = (n: number): Standing => ({ key: String(n % 7), id: String(n).padStart(6, '0') })

/** Numbers from 0 in an order that looks like none. */
const mixed = (count: number) => Array.from({ length: count }, (_, n) => (n * 7919) % count)

function filled(numbers: readonly number[]): SortedList<Standing> {
  const list = new SortedList<Standing>((place) => place)
  for (const n of numbers) list.put(placeAt(n))
  return list
}

describe('a sorted list', () => {
  test.each([
    ['in an order that looks like none', mixed(5000)],
    [
      'from the first to the last',
      mixed(5000).toSorted((a, b) => compareStandings(placeAt(a), placeAt(b))),
    ],
    [
      'from the last to the first',
      mixed(5000).toSorted((a, b) => compareStandings(placeAt(b), placeAt(a))),
    ],
  ])('has its items in their order, put in %s', (_title, numbers) => {
    const list = filled(numbers)
    const expected = numbers.map(placeAt).toSorted(compareStandings)
    expect(list.slice(0, 5000)).toEqual(expected)
    expect(list.slice(1234, 1300)).toEqual(expected.slice(1234, 1300))
    expect(list.slice(4990, 9000)).toEqual(expected.slice(4990))
    for (const at of [0, 1, 511, 512, 2500, 4999]) {
      expect(list.around(expected[at] ?? placeAt(0))).toEqual({ before: at, through: at + 1 })
    }
  })

  test('takes an item in the place of the one that was there', () => {
    const list = filled(mixed(2000))
    const again = { ...placeAt(77) }
    list.put(again)
    expect(list.size).toBe(2000)
    const { before, through } = list.around(again)
    expect(list.slice(before, through)[0]).toBe(again)
  })

  test('knows where an item would be that is gone, until none is left', () => {
    const numbers = mixed(2000)
    const list = filled(numbers)
    let left = numbers.map(placeAt).toSorted(compareStandings)
    for (const n of numbers) {
      const place = placeAt(n)
      list.remove(place)
      list.remove(place)
      if (n % 97 !== 0) continue
      left = list.slice(0, 2000).toSorted(compareStandings)
      expect(list.slice(0, 2000)).toEqual(left)
      const before = left.filter((one) => compareStandings(one, place) < 0).length
      expect(list.around(place)).toEqual({ before, through: before })
    }
    expect([list.size, list.slice(0, 10)]).toEqual([0, []])
    list.put(placeAt(1))
    expect(list.slice(0, 10)).toEqual([placeAt(1)])
  })
})
