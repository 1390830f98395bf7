import { type Static, Type } from 'typebox'
import { accountOrders } from '../../domain/accounts/lists.ts'
import type { AccountsQuery as AccountsWanted } from '../../domain/accounts/read.ts'
import type { Owner } from '../../domain/owner.ts'
import type { EventFilter } from '../../domain/store.ts'
import { invalidParameter } from '../../http/query.ts'
import { instant } from './moments.ts'

const wholeNumber = (minimum: number, maximum: number, absent: object) =>
  Type.Integer({
    minimum,
    maximum,
    expected: `a whole number from ${minimum} to ${maximum}`,
    ...absent,
  })
const page = (absent: object) => wholeNumber(1, 1_000_000, absent)
const perPage = wholeNumber(1, 200, { default: 25 })
const closed = { additionalProperties: false }
const someInstant = Type.String({ description: 'Unix seconds or a time (RFC 3339)' })

const anyPage = Type.Optional(page({ description: 'a page by its number; 1 when absent' }))
const cursor = (pattern: string) =>
  Type.Optional(
    Type.String({
      pattern,
      maxLength: 2048,
      expected: 'what a link to the next page carries, and no page beside it',
    }),
  )
const directions = accountOrders.flatMap((by) => [by, `-${by}`] as const)

const accountsQuery = {
  page: anyPage,
  cursor: cursor('^[\\w-]+\\.[\\w-]{43}$'),
  sort: Type.Optional(
    Type.Enum(directions, {
      expected: `${directions.join(', ')}; from the end with -, and createdAt when absent`,
    }),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      expected: 'a part of the name, of 1 to 128 characters, without regard to case',
    }),
  ),
}

/** The query of a list of accounts; a page may be named by its number or by a cursor. */
export const AccountsQuery = Type.Object({ ...accountsQuery, per_page: perPage }, closed)

/** So many rows come where no page is asked for, as the console's clients expect. */
const mostRows = 10_000

/** The same of a list that comes whole, unless a page is asked for. */
export const CompanyAccountsQuery = Type.Object(
  { ...accountsQuery, per_page: wholeNumber(1, mostRows, { default: mostRows }) },
  closed,
)

/** The query of a list of projects. */
export const ProjectsQuery = Type.Object(
  {
    tenantIds: Type.Optional(
      Type.String({ maxLength: 4096, description: 'ids of companies, with commas between them' }),
    ),
  },
  closed,
)

/** The query of the audit log; a page may be named by its number or by a cursor. */
export const AuditQuery = Type.Object(
  {
    page: anyPage,
    per_page: perPage,
    cursor: cursor('^[1-9]\\d{0,14}$'),
    from: Type.Optional(someInstant),
    to: Type.Optional(someInstant),
    actor: Type.Optional(Type.String({ description: 'a client id' })),
    target: Type.Optional(Type.String({ description: 'a client id, or the id of a client key' })),
  },
  closed,
)

interface AnyPage {
  readonly page?: number
  readonly cursor?: string
}

/** A page has one name. Fails with `request.invalid`. */
function assertOnePlace({ page, cursor }: AnyPage): void {
  if (cursor === undefined || page === undefined) return
  const said = 'expected what a link to the next page carries, and no page beside it'
  throw invalidParameter('cursor', said)
}

/** Which accounts are asked for. Fails with `request.invalid`. */
export function accountsAsked(
  query: Static<typeof AccountsQuery>,
  owner: Owner = 'root',
): AccountsWanted {
  assertOnePlace(query)
  const { sort = 'createdAt', q: search = '', page = 1, cursor, per_page: perPage } = query
  const by = sort === 'name' || sort === '-name' ? 'name' : 'createdAt'
  return {
    owner,
    sorting: { by, isDescending: sort.startsWith('-') },
    search,
    from: cursor === undefined ? { page } : { cursor },
    perPage,
  }
}

/** What a page of the audit log is asked for with. */
export interface AuditPage {
  readonly page: number
  readonly perPage: number
  /** The number that a former page told to go on before; absent: the page number counts. */
  readonly cursor: number | undefined
  readonly filter: EventFilter
}

/** Which page of the audit log is asked for. Fails with `request.invalid`. */
export function auditPage(query: Static<typeof AuditQuery>): AuditPage {
  assertOnePlace(query)
  const { actor: actorId, target: targetId } = query
  return {
    page: query.page ?? 1,
    perPage: query.per_page,
    cursor: query.cursor === undefined ? undefined : Number(query.cursor),
    filter: {
      ...(query.from !== undefined && { from: instant('from', query.from) }),
      ...(query.to !== undefined && { to: instant('to', query.to) }),
      ...(actorId !== undefined && { actorId }),
      ...(targetId !== undefined && { targetId }),
    },
  }
}
