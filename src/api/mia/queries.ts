import type { Static } from 'typebox'
import type { AccountsQuery as AccountsWanted } from '../../domain/accounts/read.ts'
import type { LogAsked } from '../../domain/audit/log.ts'
import type { Owner } from '../../domain/owner.ts'
import { Type } from '../../schema/type.ts'
import { format } from './exports.ts'
import { accountFilter, accountFilters, roleFilter } from './list-filters.ts'
import {
  anyPage,
  anyRows,
  assertOnePlace,
  closed,
  listAsked,
  listMembers,
  perPage,
  usualRows,
  wholeListMembers,
} from './list-queries.ts'
import { instant } from './moments.ts'

const someInstant = Type.String({ description: 'Unix seconds or a time (RFC 3339)' })

/** The query of a list of accounts; a page may be named by its number or by a cursor. */
export const AccountsQuery = Type.Object(
  { ...listMembers, ...accountFilters, per_page: perPage },
  closed,
)

/** The same of a list that comes whole, unless a page is asked for. */
export const CompanyAccountsQuery = Type.Object(
  { ...wholeListMembers, ...accountFilters, ...roleFilter },
  closed,
)

/** The query of a list of projects. */
export const ProjectsQuery = Type.Object(
  {
    ...wholeListMembers,
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
    per_page: anyRows,
    cursor: listMembers.cursor,
    from: Type.Optional(someInstant),
    to: Type.Optional(someInstant),
    actor: Type.Optional(
      Type.String({
        description: 'a client id or the id of a person: who acted, or stood behind it',
      }),
    ),
    target: Type.Optional(Type.String({ description: 'a client id, or the id of a client key' })),
    format,
  },
  closed,
)

/** Which accounts are asked for. Fails with `request.invalid`. */
export function accountsAsked(
  query: Static<typeof CompanyAccountsQuery>,
  owner: Owner = 'root',
): AccountsWanted {
  return { owner, ...listAsked(query), filter: accountFilter(query) }
}

/** Which page of the audit log is asked for. Fails with `request.invalid`. */
export function auditPage(query: Static<typeof AuditQuery>): LogAsked {
  assertOnePlace(query)
  const { page = 1, cursor, per_page: perPage = usualRows, actor: by, target: targetId } = query
  return {
    at: cursor === undefined ? { page } : { cursor },
    perPage,
    filter: {
      ...(query.from !== undefined && { from: instant('from', query.from) }),
      ...(query.to !== undefined && { to: instant('to', query.to) }),
      ...(by !== undefined && { by }),
      ...(targetId !== undefined && { targetId }),
    },
  }
}
