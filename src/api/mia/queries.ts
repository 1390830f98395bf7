import type { Static } from 'typebox'
import type { AccountsQuery as AccountsWanted } from '../../domain/accounts/read.ts'
import type { Owner } from '../../domain/owner.ts'
import { Type } from '../../schema/type.ts'
import { accountFilter, accountFilters, roleFilter } from './list-filters.ts'
import { closed, listAsked, listMembers, perPage, wholeListMembers } from './list-queries.ts'

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

/** Which accounts are asked for. Fails with `request.invalid`. */
export function accountsAsked(
  query: Static<typeof CompanyAccountsQuery>,
  owner: Owner = 'root',
): AccountsWanted {
  return { owner, ...listAsked(query), filter: accountFilter(query) }
}
