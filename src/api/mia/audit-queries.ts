import type { Static } from 'typebox'
import { authorTypes } from '../../domain/audit/company-entry.ts'
import type { CompanyFilter, CompanyQuery } from '../../domain/audit/of-company.ts'
import { auditActionNames, operations } from '../../domain/audit/operations.ts'
import { invalidParameter } from '../../http/query.ts'
import { Type } from '../../schema/type.ts'
import { format } from './exports.ts'
import { anyPage, anyRows, assertOnePlace, closed, listMembers, usualRows } from './list-queries.ts'
import { instant } from './moments.ts'

const someInstant = (description: string) =>
  Type.Optional(Type.String({ description: `Unix seconds or a time (RFC 3339); ${description}` }))
const some = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const anyCase = `${authorTypes.join(', ')}; in any case`

/** The query of the audit log of a company. */
export const CompanyAuditQuery = Type.Object(
  {
    page: anyPage,
    per_page: anyRows,
    cursor: listMembers.cursor,
    from: someInstant('inclusive'),
    to: someInstant('exclusive'),
    author: some('who did it, as entries name them: a client id, the id of a person, or platform'),
    identityType: Type.Optional(Type.String({ maxLength: 32, expected: anyCase })),
    resourceType: some('what it was done to, such as service_account or project'),
    operation: Type.Optional(Type.Enum([...operations], { expected: operations.join(', ') })),
    action: Type.Optional(
      Type.Enum([...auditActionNames], { expected: 'an action, as entries name them' }),
    ),
    format,
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

function filterOf(query: Asked): CompanyFilter {
  const { from, to, author, resourceType, operation, action, after } = query
  const identityType = authorType(query.identityType)
  return {
    ...(from !== undefined && { from: instant('from', from) }),
    ...(to !== undefined && { to: instant('to', to) }),
    ...(author !== undefined && { author }),
    ...(identityType && { identityType }),
    ...(resourceType !== undefined && { resourceType }),
    ...(operation && { operation }),
    ...(action && { action }),
    ...(after !== undefined && { after }),
  }
}

/** Which page of the audit log of a company is asked for. Fails with `request.invalid`. */
export function companyAudit(companyId: string, query: Asked): CompanyQuery {
  assertOnePlace(query)
  const { page = 1, cursor, per_page: rows = usualRows } = query
  return {
    companyId,
    filter: filterOf(query),
    at: cursor === undefined ? { page } : { cursor },
    perPage: rows,
  }
}
