import { query } from './paths.ts'

/** Which page of a list is asked for. */
export interface PageOptions {
  /** From 1. */
  readonly page?: number | undefined
  /** 1 to 200. */
  readonly perPage?: number | undefined
}

/** Which page of a list is asked for, where a page may also be named by what came before it. */
export interface CursorOptions extends PageOptions {
  /** `next` of the page before, in place of `page`: it stays right while the list grows. */
  readonly cursor?: string | undefined
}

type Asked = CursorOptions & {
  readonly search?: string | undefined
  readonly [other: string]: string | number | boolean | undefined
}

/** The query of a list, as the API spells it. */
export function listQuery({ search: q, perPage, ...rest }: Asked): string {
  return query({ ...rest, q, per_page: perPage })
}
