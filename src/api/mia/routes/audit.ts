import type Router from '@koa/router'
import { listEvents } from '../../../domain/audit/log.ts'
import { auditQuery } from '../queries.ts'
import { type MiaState, setPaging } from '../request.ts'
import * as view from '../views.ts'

export function auditRoutes(router: Router<MiaState>): void {
  router.get('/api/audit', async (ctx) => {
    const query = auditQuery(ctx.query)
    const { page, perPage, filter } = query
    const slice = { ...filter, limit: perPage, offset: (page - 1) * perPage }
    const { events, total } = await listEvents(ctx.state.context, slice)
    setPaging(ctx, query, total)
    ctx.body = events.map(view.event)
  })
}
