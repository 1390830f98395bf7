import { describe, expect, test } from '@jest/globals'
import { keptRow, Rows } from '../../src/http/rows.ts'
import { Stretch } from '../../src/http/stretch.ts'
import { mostInOneTurn } from '../support/in-one-turn.ts'

const itemsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ n, name: `é ${n}` }))
const show = ({ n, name }: { readonly n: number; readonly name: string }) => ({ id: n, name })

async function textOf(rows: Rows<unknown>, stretch = new Stretch()): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of rows.written(stretch)) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('the rows of a list', () => {
  test.each([0, 1, 99, 100, 101, 1000])('are written as JSON has them (%i)', async (count) => {
    const items = itemsOf(count)
    expect(await textOf(Rows.of(items, show))).toBe(JSON.stringify(items.map(show)))
    const marked = Rows.of(items, show).map((row) => ({ ...row, marked: true }))
    const expected = items.map((item) => ({ ...show(item), marked: true }))
    expect(await textOf(marked)).toBe(JSON.stringify(expected))
  })

  test('that are kept are made once for an item, and written as JSON has them', async () => {
    let made = 0
    const kept = keptRow((item: { readonly n: number; readonly name: string }) => {
      made += 1
      return show(item)
    })
    const items = itemsOf(150)
    const expected = JSON.stringify(items.map(show))
    for (const _again of [1, 2]) expect(await textOf(Rows.of(items, kept))).toBe(expected)
    const marked = items.map((item) => ({ ...show(item), marked: true }))
    const changed = Rows.of(items, kept).map((row) => ({ ...row, marked: true }))
    expect([await textOf(changed), made]).toEqual([JSON.stringify(marked), 150])
  })

  test('are made and written for a millisecond in each turn, so that others have theirs', async () => {
    let [ms, made] = [0, 0]
    const slow = (item: { readonly n: number; readonly name: string }) => {
      made += 1
      ms += 0.125
      return show(item)
    }
    const rows = Rows.of(itemsOf(2000), slow)
    const mostAtOnce = await mostInOneTurn(textOf(rows, new Stretch(() => ms)), () => made)
    expect([made, mostAtOnce]).toEqual([2000, 8])
  })

  test('are read a hundred in each turn, however fast they are there', async () => {
    let made = 0
    const counted = (item: { readonly n: number; readonly name: string }) => {
      made += 1
      return show(item)
    }
    const rows = Rows.read(itemsOf(1000), async (some) => some, counted)
    const mostAtOnce = await mostInOneTurn(textOf(rows, new Stretch(() => 0)), () => made)
    expect([made, mostAtOnce]).toEqual([1000, 100])
  })

  test('that were waited for are made at once: the wait counts for nobody', async () => {
    let ms = 0
    const read = async (some: readonly { readonly n: number; readonly name: string }[]) => {
      ms += 10
      return some
    }
    const parts: Buffer[] = []
    const rows = Rows.read(itemsOf(100), read, show)
    for await (const part of rows.written(new Stretch(() => ms))) parts.push(part)
    expect(parts.length).toBe(1)
  })

  test('are read a hundred at a time, when those before them are written; what is gone is left out', async () => {
    let made = 0
    const reads: number[] = []
    const read = async (some: readonly { readonly n: number; readonly name: string }[]) => {
      expect(made).toBe(reads.length * 99)
      reads.push(some.length)
      return some.filter(({ n }) => n % 100 !== 7)
    }
    const counted = (item: { readonly n: number; readonly name: string }) => {
      made += 1
      return show(item)
    }
    const items = itemsOf(250)
    const left = items.filter(({ n }) => n % 100 !== 7)
    expect(await textOf(Rows.read(items, read, counted))).toBe(JSON.stringify(left.map(show)))
    expect(reads).toEqual([100, 100, 50])
  })
})
