import type { Static } from 'typebox'
import type { AccountPage } from '../../domain/accounts/read.ts'
import type { EventPage } from '../../domain/audit/log.ts'
import type { Place } from '../../http/route.ts'
import type { AccountsQuery, AuditPage } from './queries.ts'

type Relation = 'first' | 'prev' | 'next' | 'last'
type Target = readonly [rel: Relation, by: 'page' | 'cursor', at: number | string]

/** Links to the neighbours of a page (RFC 8288), each with the rest of the query as it was. */
function linkHeader(place: Place, perPage: number, targets: readonly Target[]): string {
  const links = targets.map(([rel, by, at]) => {
    const query = new URLSearchParams(place.querystring)
    if (by === 'page') query.delete('cursor')
    else query.delete('page')
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

function onwards(cursor: number | string | undefined): Target | undefined {
  return cursor === undefined ? undefined : ['next', 'cursor', cursor]
}

type AskedAccounts = Static<typeof AccountsQuery>

/** A list that is neither sorted nor searched goes by number, as the console's clients read it. */
function isByNumber({ page, cursor, sort, q }: AskedAccounts): boolean {
  return page !== undefined || [cursor, sort, q].every((given) => given === undefined)
}

/** The headers of a page of accounts: a total, and links. */
export function accountLinks(place: Place, asked: AskedAccounts, { total, next }: AccountPage) {
  const { page = 1, per_page: perPage, cursor } = asked
  const following: Target | undefined =
    page < pages(total, perPage) ? ['next', 'page', page + 1] : undefined
  return pageHeaders(place, {
    number: cursor === undefined ? page : undefined,
    perPage,
    total,
    next: isByNumber(asked) ? following : onwards(next),
  })
}

/** The headers of a page of the audit log: onwards by cursor, which stays right while it grows. */
export function auditLinks(place: Place, asked: AuditPage, { total, next }: EventPage) {
  const { page, perPage, cursor } = asked
  const number = cursor === undefined ? page : undefined
  return pageHeaders(place, { number, perPage, total, next: onwards(next) })
}
