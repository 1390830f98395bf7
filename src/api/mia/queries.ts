import { Problem } from '../../domain/problem.ts'
import type { EventFilter } from '../../domain/store.ts'

export interface Paging {
  readonly page: number
  readonly perPage: number
}

const mostPerPage = 200
const defaultPerPage = 25

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

function invalid(field: string, said: string): Problem {
  return new Problem('request.invalid', { field, said: `${field}: ${said}` })
}

function single(query: Query, name: string): string | undefined {
  const value = query[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid(name, 'must be given once')
}

function wholeNumber(
  query: Query,
  name: string,
  bounds: { least: number; most: number; absent: number },
): number {
  const text = single(query, name)
  if (text === undefined) return bounds.absent
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= bounds.least && value <= bounds.most) return value
  throw invalid(name, `expected a whole number from ${bounds.least} to ${bounds.most}`)
}

function onlyKnown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw invalid(unknown.slice(0, 64), `is no parameter here; expected ${known.join(', ')}`)
  }
}

function paging(query: Query): Paging {
  const page = wholeNumber(query, 'page', { least: 1, most: 1_000_000, absent: 1 })
  const perPage = wholeNumber(query, 'per_page', {
    least: 1,
    most: mostPerPage,
    absent: defaultPerPage,
  })
  return { page, perPage }
}

export function accountsQuery(query: Query): Paging {
  onlyKnown(query, ['page', 'per_page'])
  return paging(query)
}

/** Unix seconds, or a time as RFC 3339 has it. */
function instant(query: Query, name: string): number | undefined {
  const text = single(query, name)
  if (text === undefined) return undefined
  const at = /^\d{1,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw invalid(name, 'expected Unix seconds or a time (RFC 3339)')
}

/** What a page of the audit log is asked for with. */
export interface AuditQuery extends Paging {
  /** The number that a former page told to go on before; absent: the page number counts. */
  readonly cursor: number | undefined
  readonly filter: EventFilter
}

/** What the link to the next page carries; clients hand it back as it is. */
function cursor(query: Query): number | undefined {
  const text = single(query, 'cursor')
  if (text === undefined) return undefined
  if (query['page'] === undefined && /^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw invalid('cursor', 'expected what a link to the next page carries, and no page beside it')
}

/** Reads the query of the audit log. Fails with `request.invalid`. */
export function auditQuery(query: Query): AuditQuery {
  onlyKnown(query, ['page', 'per_page', 'cursor', 'from', 'to', 'actor', 'target'])
  const [from, to] = [instant(query, 'from'), instant(query, 'to')]
  const [actorId, targetId] = [single(query, 'actor'), single(query, 'target')]
  return {
    ...paging(query),
    cursor: cursor(query),
    filter: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(actorId !== undefined && { actorId }),
      ...(targetId !== undefined && { targetId }),
    },
  }
}
