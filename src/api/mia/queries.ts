import { type Static, Type } from 'typebox'
import type { AccountsQuery as AccountsWanted } from '../../domain/accounts/read.ts'
import type { Owner } from '../../domain/owner.ts'
import type { EventFilter } from '../../domain/store.ts'
import {
  anyPage,
  assertOnePlace,
  closed,
  cursor,
  listAsked,
  listMembers,
  perPage,
  wholeListMembers,
} from './list-queries.ts'
import { instant } from './moments.ts'

const someInstant = Type.String({ description: 'Unix seconds or a time (RFC 3339)' })

/** The query of a list of accounts; a page may be named by its number or by a cursor. */
export const AccountsQuery = Type.Object({ ...listMembers, per_page: perPage }, closed)

/** The same of a list that comes whole, unless a page is asked for. */
export const CompanyAccountsQuery = Type.Object(wholeListMembers, closed)

/** The query of a list of clients: those of root, or of one company. */
export const ClientsQuery = Type.Object(
  {
    ...listMembers,
    per_page: perPage,
    companyId: Type.Optional(Type.String({ maxLength: 256, description: 'the id of a company' })),
  },
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
    actor: Type.Optional(
      Type.String({
        description: 'a client id or the id of a person: who acted, or stood behind it',
      }),
    ),
    target: Type.Optional(Type.String({ description: 'a client id, or the id of a client key' })),
  },
  closed,
)

/** Which accounts are asked for. Fails with `request.invalid`. */
export function accountsAsked(
  query: Static<typeof CompanyAccountsQuery>,
  owner: Owner = 'root',
): AccountsWanted {
  return { owner, ...listAsked(query) }
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
  const { actor: by, target: targetId } = query
  return {
    page: query.page ?? 1,
    perPage: query.per_page,
    cursor: query.cursor === undefined ? undefined : Number(query.cursor),
    filter: {
      ...(query.from !== undefined && { from: instant('from', query.from) }),
      ...(query.to !== undefined && { to: instant('to', query.to) }),
      ...(by !== undefined && { by }),
      ...(targetId !== undefined && { targetId }),
    },
  }
}
