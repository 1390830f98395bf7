import type { LogPage, PageAsked } from '../../domain/audit/log.ts'
import type { Place } from '../../http/route.ts'
import { type PageGiven, rowsOf } from './list-queries.ts'

type Relation = 'first' | 'prev' | 'next' | 'last'
type Target = readonly [rel: Relation, by: 'page' | 'cursor', at: number | string]

/** Links to the neighbours of a page (RFC 8288), each with the rest of the query as it was. */
function linkHeader(place: Place, perPage: number, targets: readonly Target[]): string {
  const links = targets.map(([rel, by, at]) => {
    const query = new URLSearchParams(place.querystring)
    if (by === 'page') query.delete('cursor')
    else query.delete('page')
    for (const word of ['_l', '_sk']) query.delete(word)
    query.set(by, String(at))
    query.set('per_page', String(perPage))
    return `<${place.path}?${query}>; rel="${rel}"`
  })
  return links.join(', ')
}

interface Page {
  /** Undefined where a cursor names it. */
  readonly number: number | undefined
  readonly perPage: number
  readonly total: number | undefined
  readonly next: Target | undefined
}

function pageHeaders(place: Place, { number = 1, perPage, total, next }: Page) {
  const targets: readonly Target[] = [
    ['first', 'page', 1],
    ...(number > 1 ? ([['prev', 'page', number - 1]] as const) : []),
    ...(next === undefined ? [] : [next]),
    ...(total === undefined ? [] : ([['last', 'page', pages(total, perPage)]] as const)),
  ]
  return {
    Link: linkHeader(place, perPage, targets),
    ...(total !== undefined && { 'X-Total-Count': String(total) }),
  }
}

function pages(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage))
}

function onwards(cursor: string | undefined): Target | undefined {
  return cursor === undefined ? undefined : ['next', 'cursor', cursor]
}

/** How a page of a list is linked to its neighbours. */
interface Linked {
  readonly total: number
  /** The cursor of the next page. */
  readonly next: string | undefined
  /** Whether it has fewer rows than were asked for: its cursor leads to the others. */
  readonly isCut?: boolean
}

/** The headers of a page of a list: a total, and links; onwards by cursor, unless by number came the page. */
export function listLinks(place: Place, query: PageGiven, { total, next, isCut }: Linked) {
  const { page = 1, cursor } = query
  const perPage = rowsOf(query)
  const isByNumber = query.page !== undefined && !isCut
  const following: Target | undefined =
    page < pages(total, perPage) ? ['next', 'page', page + 1] : undefined
  return pageHeaders(place, {
    number: cursor === undefined ? page : undefined,
    perPage,
    total,
    next: isByNumber ? following : onwards(next),
  })
}

/** The headers of a page of an audit log: onwards by cursor, which stays right while it grows. */
export function auditLinks(
  place: Place,
  { at, perPage }: PageAsked,
  { total, next }: Pick<LogPage, 'total' | 'next'>,
) {
  const number = 'page' in at ? at.page : undefined
  return pageHeaders(place, { number, perPage, total, next: onwards(next) })
}
