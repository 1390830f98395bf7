import type { Static } from 'typebox'
import { authMethods } from '../../domain/accounts/account.ts'
import type { AccountFilter } from '../../domain/accounts/filter.ts'
import type { AccountsQuery as AccountsWanted } from '../../domain/accounts/read.ts'
import type { AccountState } from '../../domain/accounts/states.ts'
import type { LogAsked } from '../../domain/audit/log.ts'
import type { Owner } from '../../domain/owner.ts'
import { Type } from '../../schema/type.ts'
import { format } from './exports.ts'
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
import { instant, moment } from './moments.ts'

const someInstant = Type.String({ description: 'Unix seconds or a time (RFC 3339)' })

const states = {
  enabled: 'enabled',
  disabled: 'disabled',
  draft: 'draft',
  DRAFT: 'draft',
  PUBLIC: 'enabled',
  TRASH: 'trash',
  DELETED: 'deleted',
} as const satisfies Record<string, AccountState>
const stateNames = ['enabled', 'disabled', 'draft', 'DRAFT', 'PUBLIC', 'TRASH', 'DELETED'] as const
const yesOrNo = ['true', 'false'] as const
const someMoment = (description: string) =>
  Type.Optional(Type.String({ maxLength: 64, description: `a time (RFC 3339): ${description}` }))

const accountFilters = {
  state: Type.Optional(Type.Enum(stateNames, { expected: stateNames.join(', ') })),
  method: Type.Optional(Type.Enum(authMethods, { expected: authMethods.join(' or ') })),
  rotating: Type.Optional(
    Type.Enum(yesOrNo, {
      expected: 'true for those of which a secret is still good that another took the place of',
    }),
  ),
  expiresBefore: someMoment('those of which the next credential ends before it'),
  unusedSince: someMoment('those that were not used since; never counts'),
}

/** The query of a list of accounts; a page may be named by its number or by a cursor. */
export const AccountsQuery = Type.Object(
  { ...listMembers, ...accountFilters, per_page: perPage },
  closed,
)

/** The same of a list that comes whole, unless a page is asked for. */
export const CompanyAccountsQuery = Type.Object(
  {
    ...wholeListMembers,
    ...accountFilters,
    role: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        expected: 'a role that is set on the company for the account itself',
      }),
    ),
  },
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

function accountFilter(query: Static<typeof CompanyAccountsQuery>): AccountFilter {
  const { state, method, role, rotating, expiresBefore, unusedSince } = query
  return {
    ...(state !== undefined && { states: [states[state]] }),
    ...(method !== undefined && { method }),
    ...(role !== undefined && { role }),
    ...(rotating !== undefined && { rotating: rotating === 'true' }),
    ...(expiresBefore !== undefined && { expiresBefore: moment('expiresBefore', expiresBefore) }),
    ...(unusedSince !== undefined && { unusedSince: moment('unusedSince', unusedSince) }),
  }
}

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
