import type { EventPage } from '../../domain/audit/log.ts'
import type { Place } from '../../http/route.ts'
import type { AuditPage, Paging } from './queries.ts'

type Relation = 'first' | 'prev' | 'next' | 'last'
type Target = readonly [rel: Relation, by: 'page' | 'cursor', at: number]

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

/** The headers of a page of accounts, as the console's clients read them: a total, and links. */
export function accountLinks(place: Place, { page, perPage }: Paging, total: number) {
  const last = Math.max(1, Math.ceil(total / perPage))
  const targets: readonly Target[] = [
    ['first', 'page', 1],
    ...(page > 1 ? ([['prev', 'page', page - 1]] as const) : []),
    ...(page < last ? ([['next', 'page', page + 1]] as const) : []),
    ['last', 'page', last],
  ]
  return { Link: linkHeader(place, perPage, targets), 'X-Total-Count': String(total) }
}

/** The headers of a page of the audit log: onwards by cursor, which stays right while it grows. */
export function auditLinks(place: Place, asked: AuditPage, { total, next }: EventPage) {
  const { page, perPage, cursor } = asked
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / perPage))
  const targets: readonly Target[] = [
    ['first', 'page', 1],
    ...(cursor === undefined && page > 1 ? ([['prev', 'page', page - 1]] as const) : []),
    ...(next === undefined ? [] : ([['next', 'cursor', next]] as const)),
    ...(last === undefined ? [] : ([['last', 'page', last]] as const)),
  ]
  return {
    Link: linkHeader(place, perPage, targets),
    ...(total !== undefined && { 'X-Total-Count': String(total) }),
  }
}
