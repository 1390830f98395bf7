import type { Static } from 'typebox'
import { authorTypes } from '../../domain/audit/company-entry.ts'
import type { LogAsked } from '../../domain/audit/log.ts'
import type { CompanyQuery } from '../../domain/audit/of-company.ts'
import { auditActionNames, operations } from '../../domain/audit/operations.ts'
import { invalidParameter } from '../../http/query.ts'
import { Type } from '../../schema/type.ts'
import { format } from './exports.ts'
import {
  anyPage,
  anyRows,
  assertOnePlace,
  closed,
  listMembers,
  type PageGiven,
  usualRows,
} from './list-queries.ts'
import { instant } from './moments.ts'

const someInstant = (description: string) =>
  Type.Optional(Type.String({ description: `Unix seconds or a time (RFC 3339); ${description}` }))
const some = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const anyCase = `${authorTypes.join(', ')}; in any case`

/** Which part of a log is asked for, in which order and form, and what is searched for in it. */
const logMembers = {
  page: anyPage,
  per_page: anyRows,
  cursor: listMembers.cursor,
  sort: Type.Optional(
    Type.Enum(['date', '-date'] as const, {
      expected: 'date for the oldest first, -date for the newest first; -date when absent',
    }),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      expected:
        'a part of the name or id of what it was done to, or of who did it, of 1 to 128 characters, without regard to case',
    }),
  ),
  requestId: some('the id of the request that did it'),
  from: someInstant('inclusive'),
  to: someInstant('exclusive'),
  action: Type.Optional(
    Type.Enum([...auditActionNames], { expected: 'an action, as entries name them' }),
  ),
  format,
}

/** The query of the audit log; a page may be named by its number or by a cursor. */
export const AuditQuery = Type.Object(
  {
    ...logMembers,
    actor: some('a client id or the id of a person: who acted, or stood behind it'),
    target: some('a client id, or the id of a client key'),
  },
  closed,
)

/** The query of the audit log of a company. */
export const CompanyAuditQuery = Type.Object(
  {
    ...logMembers,
    author: some('who did it, as entries name them: a client id, the id of a person, or platform'),
    identityType: Type.Optional(Type.String({ maxLength: 32, expected: anyCase })),
    resourceType: some('what it was done to, such as service_account or project'),
    resourceId: some('the id of what it was done to'),
    target: some('what it was done to is called, in full'),
    scope: some('the place that it belongs to, as entries name it'),
    operation: Type.Optional(Type.Enum([...operations], { expected: operations.join(', ') })),
    after: some('the id of an entry: only newer ones'),
  },
  closed,
)

type Asked = Static<typeof CompanyAuditQuery>

function authorType(text: string | undefined) {
  const type = authorTypes.find((one) => one === text?.toLowerCase())
  if (text !== undefined && type === undefined) {
    throw invalidParameter('identityType', `expected ${anyCase}`)
  }
  return type
}

interface Paged extends PageGiven {
  readonly sort?: 'date' | '-date'
}

/** How a log is paged, and what is left. */
function withoutPages<A extends Paged>({ page, per_page, cursor, sort, ...rest }: A) {
  const at = cursor === undefined ? { page: page ?? 1 } : { cursor }
  return { page: { at, perPage: per_page ?? usualRows, isOldestFirst: sort === 'date' }, rest }
}

/** Which page of the audit log of a company is asked for. Fails with `request.invalid`. */
export function companyAudit(companyId: string, query: Asked): CompanyQuery {
  assertOnePlace(query)
  const { page, rest } = withoutPages(query)
  const { from, to, identityType: given, format: _format, ...words } = rest
  const identityType = authorType(given)
  const filter = {
    ...words,
    ...(from !== undefined && { from: instant('from', from) }),
    ...(to !== undefined && { to: instant('to', to) }),
    ...(identityType && { identityType }),
  }
  return { companyId, filter, ...page }
}

/** Which page of the audit log is asked for. Fails with `request.invalid`. */
export function auditPage(query: Static<typeof AuditQuery>): LogAsked {
  assertOnePlace(query)
  const { page, rest } = withoutPages(query)
  const { from, to, actor: by, target: targetId, action, format: _format, ...search } = rest
  const filter = {
    ...(from !== undefined && { from: instant('from', from) }),
    ...(to !== undefined && { to: instant('to', to) }),
    ...(by !== undefined && { by }),
    ...(targetId !== undefined && { targetId }),
    ...(action !== undefined && { actions: [action] }),
  }
  return { filter, search, ...page }
}
