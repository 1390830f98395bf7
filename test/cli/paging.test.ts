import { describe, expect, test } from '@jest/globals'
import { everyPage, firstOf } from '../../src/cli/paging.ts'
import type { CursorOptions, Page } from '../../src/sdk/index.ts'

/** A list from which others delete while it is read: its first items are gone after each page. */
function shrinking(all: readonly number[]) {
  let there = all
  const asked: CursorOptions[] = []
  const page = async (where: CursorOptions): Promise<Page<number>> => {
    asked.push(where)
    const { cursor = '0', perPage = 0 } = where
    const items = there.filter((item) => item > Number(cursor)).slice(0, perPage)
    there = there.slice(50)
    const last = items.at(-1)
    const isLast = last === undefined || last === all.at(-1)
    return { items, total: there.length, next: isLast ? undefined : String(last) }
  }
  return { asked, page }
}

async function gathered<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const items of pages) found.push(...items)
  return found
}

const numbers = (many: number) => Array.from({ length: many }, (_, at) => at + 1)

describe('a list', () => {
  test('is read to its end by cursor, and nothing is left out while others delete', async () => {
    const { page, asked } = shrinking(numbers(450))
    expect(await gathered(everyPage(page))).toEqual(numbers(450))
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, '200', '400'])
  })

  test('is read to its end by numbers from a server that tells no cursor', async () => {
    const page = async ({ page: which = 1, perPage = 0 }: CursorOptions) => {
      const items = numbers(450).slice((which - 1) * perPage, which * perPage)
      return { items, total: 450, next: undefined }
    }
    expect(await gathered(everyPage(page))).toEqual(numbers(450))
  })

  test('with a limit asks for no page beyond it', async () => {
    const { page, asked } = shrinking(numbers(450))
    expect(await gathered(firstOf(everyPage(page), 3))).toEqual([1, 2, 3])
    expect(asked).toHaveLength(1)
  })
})
