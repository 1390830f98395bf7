import { Type } from 'typebox'
import { listCompanyEvents } from '../../../domain/audit/of-company.ts'
import { CompanyAuditQuery, companyAudit } from '../audit-queries.ts'
import { companyAuditLinks } from '../links.ts'
import { CompanyAuditEntry } from '../replies.ts'
import { OfCompany, route } from '../route.ts'
import * as view from '../views.ts'

/** The audit log of a company: reading it. */
export const companyAuditRoutes = [
  route({
    method: 'GET',
    path: '/api/companies/:companyId/audit-logs',
    name: 'listCompanyAuditEntries',
    summary: 'Read what happened in a company, newest first',
    action: 'audit.list_of_company',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: CompanyAuditQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(CompanyAuditEntry) },
    headers: { Link: 'always', 'X-Total-Count': 'sometimes' },
    answer: async (context, { params, query, place }) => {
      const found = await listCompanyEvents(context, companyAudit(params.companyId, query))
      const links = companyAuditLinks(place, query, found)
      return [200, found.entries.map(view.companyEvent), links]
    },
  }),
]
