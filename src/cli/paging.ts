import type { Command } from 'commander'
import type { CursorOptions, Page } from '../sdk/index.ts'

const perPage = 200

/** Asks for one page of a list. */
export type FetchPage<T> = (where: CursorOptions) => Promise<Page<T>>

/**
 * Every page of a list to its end, each from where the one before ended: by cursor where the server
 * tells one, so that nothing is left out while others delete.
 */
export async function* everyPage<T>(fetchPage: FetchPage<T>): AsyncIterable<readonly T[]> {
  let where: CursorOptions = { perPage }
  for (let page = 2; ; page += 1) {
    const { items, next } = await fetchPage(where)
    yield items
    if (next === undefined && items.length < perPage) return
    where = next === undefined ? { page, perPage } : { cursor: next, perPage }
  }
}

/** The first items of a list, however it is cut into pages. */
export async function* firstOf<T>(
  pages: AsyncIterable<readonly T[]>,
  limit: number,
): AsyncIterable<readonly T[]> {
  let left = limit
  for await (const items of pages) {
    yield items.slice(0, left)
    left -= items.length
    if (left <= 0) return
  }
}

/** Lets a verb sort and search its list. */
export function withOrder(command: Command): Command {
  return command
    .option('--sort <order>', 'createdAt or name, from the end with - (--sort=-name)')
    .option('--search <text>', 'only those whose name or id has this in it')
}

/** A list that comes whole, as one page. */
export async function* one<T>(read: () => Promise<readonly T[]>): AsyncIterable<readonly T[]> {
  yield await read()
}
