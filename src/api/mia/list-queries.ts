import type { Static } from 'typebox'
import { identityTypes } from '../../domain/identities/identity.ts'
import type { IdentitiesQuery as IdentitiesWanted } from '../../domain/identities/list.ts'
import { listOrders } from '../../domain/lists/order.ts'
import type { ListAsked } from '../../domain/lists/page.ts'
import { invalidParameter } from '../../http/query.ts'
import { Type } from '../../schema/type.ts'
import { companyFilters, identityFilter, identityFilters } from './list-filters.ts'

/** A whole number within bounds, in words that say so. */
export const wholeNumber = (minimum: number, maximum: number, absent: object) =>
  Type.Integer({
    minimum,
    maximum,
    expected: `a whole number from ${minimum} to ${maximum}`,
    ...absent,
  })

/** A page by its number. */
export const anyPage = Type.Optional(
  wholeNumber(1, 1_000_000, { description: 'a page by its number; 1 when absent' }),
)

/** So many rows a page has. */
export const perPage = wholeNumber(1, 200, { default: 25 })

/** So many rows come where no page is asked for, as the console's clients expect. */
const mostRows = 10_000
/** So many rows a page has where nobody says how many. */
export const usualRows = 25

/** The same where it matters whether somebody said so. */
export const anyRows = Type.Optional(
  wholeNumber(1, 200, { description: `how many rows a page has; ${usualRows} when absent` }),
)

/** A page by what the one before said. */
const cursor = Type.Optional(
  Type.String({
    pattern: '^[\\w-]+\\.[\\w-]{43}$',
    maxLength: 2048,
    expected: 'what a link to the next page carries, and no page beside it',
  }),
)

const searched = {
  minLength: 1,
  maxLength: 128,
  expected: 'a part of the name or the id, of 1 to 128 characters, without regard to case',
} as const

const directions = listOrders.flatMap((by) => [by, `-${by}`] as const)

/** What every list takes, besides how many rows a page has. */
export const listMembers = {
  page: anyPage,
  cursor,
  sort: Type.Optional(
    Type.Enum(directions, {
      expected: `${directions.join(', ')}; from the end with -, and createdAt when absent`,
    }),
  ),
  q: Type.Optional(Type.String(searched)),
}

/** What a list takes that comes whole, unless a page is asked for. */
export const wholeListMembers = {
  ...listMembers,
  per_page: Type.Optional(
    wholeNumber(1, mostRows, {
      description: `how many rows a page has; ${usualRows} when absent, and without a page ${mostRows}`,
    }),
  ),
}

/** No other parameters. */
export const closed = { additionalProperties: false }

/** The query of a list that comes whole, unless a page is asked for. */
export const WholeListQuery = Type.Object(wholeListMembers, closed)

/** The query of the list of companies; `search` is what clients of the console call `q`. */
export const CompaniesQuery = Type.Object(
  { ...wholeListMembers, search: Type.Optional(Type.String(searched)), ...companyFilters },
  closed,
)

/** Which companies are asked for. Fails with `request.invalid`. */
export function companiesAsked({ q, search, ...query }: Static<typeof CompaniesQuery>) {
  if (q !== undefined && search !== undefined) {
    throw invalidParameter('search', 'is the same as q; give one of them')
  }
  const wanted = q ?? search
  return {
    ...listAsked({ ...query, ...(wanted !== undefined && { q: wanted }) }),
    state: query.state,
  }
}

const ids = Type.Optional(
  Type.Array(Type.String({ maxLength: 256 }), {
    maxItems: 1000,
    expected: 'at most 1000 ids, with commas between them or each by itself',
  }),
)

/** The query of the list of identities of a company. */
export const IdentitiesQuery = Type.Object(
  {
    ...wholeListMembers,
    identityType: Type.Optional(
      Type.String({ maxLength: 32, expected: `${identityTypes.join(', ')}; in any case` }),
    ),
    projectIds: ids,
    ...identityFilters,
  },
  closed,
)

/** What a page is asked for with, as far as a query says so. */
export interface PageGiven {
  readonly page?: number
  readonly cursor?: string
  readonly per_page?: number
}

/** A page has one name. Fails with `request.invalid`. */
export function assertOnePlace({ page, cursor }: PageGiven): void {
  if (cursor === undefined || page === undefined) return
  const said = 'expected what a link to the next page carries, and no page beside it'
  throw invalidParameter('cursor', said)
}

/** How many rows a page has: all of them where no page is asked for. */
export function rowsOf({ page, cursor, per_page }: PageGiven): number {
  const isWhole = page === undefined && cursor === undefined
  return per_page ?? (isWhole ? mostRows : usualRows)
}

/** What every list is asked for with. */
interface ListGiven extends PageGiven {
  readonly sort?: (typeof directions)[number]
  readonly q?: string
}

/** Which part of a list is asked for. Fails with `request.invalid`. */
export function listAsked(query: ListGiven): ListAsked {
  assertOnePlace(query)
  const { sort = 'createdAt', q: search = '', page = 1, cursor } = query
  const by = sort === 'name' || sort === '-name' ? 'name' : 'createdAt'
  return {
    sorting: { by, isDescending: sort.startsWith('-') },
    search,
    from: cursor === undefined ? { page } : { cursor },
    perPage: rowsOf(query),
  }
}

/** Which identities are asked for. Fails with `request.invalid`. */
export function identitiesAsked(
  companyId: string,
  query: Static<typeof IdentitiesQuery>,
): IdentitiesWanted {
  const { identityType, projectIds = [] } = query
  const type = identityTypes.find((one) => one === identityType?.toLowerCase())
  if (identityType !== undefined && type === undefined) {
    throw invalidParameter('identityType', `expected ${identityTypes.join(', ')}; in any case`)
  }
  const named = projectIds.length > 0 ? { projectIds: [...new Set(projectIds)] } : {}
  const filter = identityFilter(query)
  return { companyId, ...listAsked(query), filter, ...(type && { type }), ...named }
}
