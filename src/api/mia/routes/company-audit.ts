import {
  type CompanyQuery,
  everyCompanyEvent,
  listCompanyEvents,
} from '../../../domain/audit/of-company.ts'
import type { Context } from '../../../domain/context.ts'
import { Type } from '../../../schema/type.ts'
import { CompanyAuditQuery, companyAudit } from '../audit-queries.ts'
import { assertNoPage, exported, exportTypes, formatOf } from '../exports.ts'
import { auditLinks } from '../links.ts'
import { CompanyAuditEntry } from '../replies.ts'
import { OfCompany, route } from '../route.ts'
import * as view from '../views.ts'

const columns = Object.keys(CompanyAuditEntry.properties)

async function* everyRow(context: Context, asked: CompanyQuery) {
  for await (const some of everyCompanyEvent(context, asked)) yield some.map(view.companyEvent)
}

/** The audit log of a company: reading it, or taking it along as a table or as lines. */
export const companyAuditRoutes = [
  route({
    method: 'GET',
    path: '/api/companies/:companyId/audit-logs',
    name: 'listCompanyAuditEntries',
    summary: 'Read what happened in a company, newest first or oldest first',
    action: 'audit.list_of_company',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: CompanyAuditQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(CompanyAuditEntry) },
    streams: exportTypes,
    headers: { Link: 'sometimes', 'X-Total-Count': 'sometimes' },
    answer: async (context, { params, query, place, wanted }) => {
      const asked = companyAudit(params.companyId, query)
      const format = formatOf(query.format, wanted)
      if (format !== 'json') {
        assertNoPage(format, query)
        return [200, await exported(format, columns, everyRow(context, asked))]
      }
      const found = await listCompanyEvents(context, asked)
      return [200, found.entries.map(view.companyEvent), auditLinks(place, asked, found)]
    },
  }),
]
