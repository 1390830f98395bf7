import { everyEvent, type LogAsked, logPage } from '../../../domain/audit/log.ts'
import type { Context } from '../../../domain/context.ts'
import { Type } from '../../../schema/type.ts'
import { AuditQuery, auditPage } from '../audit-queries.ts'
import { assertNoPage, exported, exportTypes, formatOf } from '../exports.ts'
import { auditLinks } from '../links.ts'
import { AuditEntry } from '../replies.ts'
import { route } from '../route.ts'
import * as view from '../views.ts'

const columns = Object.keys(AuditEntry.properties)

async function* everyRow(context: Context, asked: LogAsked) {
  for await (const some of everyEvent(context, asked)) yield some.map(view.event)
}

/** The audit log: reading it, or taking it along as a table or as lines. */
export const auditRoutes = [
  route({
    method: 'GET',
    path: '/api/audit',
    name: 'listAuditEntries',
    summary: 'Read the audit log, newest first or oldest first',
    action: 'audit.list',
    clientKey: 'optional',
    query: AuditQuery,
    replies: { 200: Type.Array(AuditEntry) },
    streams: exportTypes,
    headers: { Link: 'sometimes', 'X-Total-Count': 'sometimes' },
    answer: async (context, { query, place, wanted }) => {
      const asked = auditPage(query)
      const format = formatOf(query.format, wanted)
      if (format !== 'json') {
        assertNoPage(format, query)
        return [200, await exported(format, columns, everyRow(context, asked))]
      }
      const found = await logPage(context, asked)
      return [200, found.events.map(view.event), auditLinks(place, asked, found)]
    },
  }),
]
