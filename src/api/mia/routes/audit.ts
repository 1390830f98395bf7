import { Type } from 'typebox'
import { listEvents } from '../../../domain/audit/log.ts'
import { auditLinks } from '../links.ts'
import { AuditQuery, auditPage } from '../queries.ts'
import { AuditEntry } from '../replies.ts'
import { route } from '../route.ts'
import * as view from '../views.ts'

/** The audit log: reading it. */
export const auditRoutes = [
  route({
    method: 'GET',
    path: '/api/audit',
    name: 'listAuditEntries',
    summary: 'Read the audit log, newest first',
    action: 'audit.list',
    clientKey: 'optional',
    query: AuditQuery,
    replies: { 200: Type.Array(AuditEntry) },
    headers: { Link: 'always', 'X-Total-Count': 'sometimes' },
    answer: async (context, { query, place }) => {
      const asked = auditPage(query)
      const { page, perPage, cursor, filter } = asked
      const from = cursor === undefined ? { offset: (page - 1) * perPage } : { before: cursor }
      const found = await listEvents(context, { ...filter, ...from, limit: perPage })
      return [200, found.events.map(view.event), auditLinks(place, asked, found)]
    },
  }),
]
