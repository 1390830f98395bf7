import { type Kind, type Page, pageOf } from './answers.ts'
import type { Caller, ReadOptions, Tagged } from './calls.ts'
import { type CursorOptions, listQuery } from './paging.ts'

/** What every list is asked for with; a filter of its own may stand beside it. */
type Asked = ReadOptions & CursorOptions & { readonly search?: string | undefined }

/** Reads a list of what is known by this, a page at a time. */
export function pagesOf<T>(call: Caller, path: string, is: Kind<T>) {
  return async ({ signal, ifNoneMatch, ...filter }: Asked = {}): Promise<Page<T>> =>
    pageOf(await call('GET', `${path}${listQuery(filter)}`, { signal, ifNoneMatch }), is)
}

/** Reads a list that comes whole. */
export function wholeOf<T>(call: Caller, path: string, is: Kind<T>) {
  const read = pagesOf(call, path, is)
  return async (asked?: Asked): Promise<Tagged<readonly T[]>> => {
    const { items, etag } = await read(asked)
    // Beside the rows: who compares or copies these has nothing more.
    return etag === undefined ? items : Object.defineProperty(items, 'etag', { value: etag })
  }
}
