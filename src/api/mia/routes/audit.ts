import type Router from '@koa/router'
import type { ParameterizedContext } from 'koa'
import { type EventPage, listEvents } from '../../../domain/audit/log.ts'
import { type AuditQuery, auditQuery } from '../queries.ts'
import type { MiaState } from '../request.ts'
import * as view from '../views.ts'

export function auditRoutes(router: Router<MiaState>): void {
  router.get('/api/audit', async (ctx) => {
    const query = auditQuery(ctx.query)
    const { page, perPage, cursor, filter } = query
    const place = cursor === undefined ? { offset: (page - 1) * perPage } : { before: cursor }
    const found = await listEvents(ctx.state.context, { ...filter, ...place, limit: perPage })
    setLinks(ctx, query, found)
    ctx.body = found.events.map(view.event)
  })
}

/** Links to the neighbours (RFC 8288): onwards by cursor, which stays right while the log grows. */
function setLinks(
  ctx: ParameterizedContext,
  { page, perPage, cursor }: AuditQuery,
  { total, next }: EventPage,
): void {
  const link = (rel: string, place: 'page' | 'cursor', at: number) => {
    const query = new URLSearchParams(ctx.querystring)
    for (const name of ['page', 'cursor']) query.delete(name)
    query.set(place, String(at))
    query.set('per_page', String(perPage))
    return `<${ctx.path}?${query}>; rel="${rel}"`
  }
  const links = [
    link('first', 'page', 1),
    ...(cursor === undefined && page > 1 ? [link('prev', 'page', page - 1)] : []),
    ...(next === undefined ? [] : [link('next', 'cursor', next)]),
    ...(total === undefined ? [] : [link('last', 'page', Math.max(1, Math.ceil(total / perPage)))]),
  ]
  ctx.set('Link', links.join(', '))
  if (total !== undefined) ctx.set('X-Total-Count', String(total))
}
