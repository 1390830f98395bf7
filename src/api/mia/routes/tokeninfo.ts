import type Router from '@koa/router'
import { bearerToken, type CheckOptions, checkedToken } from '../../../http/bearer.ts'

/** The claims of the token that asks, while it stands: what a gateway calls on every request. */
export function tokeninfoRoutes(router: Router, options: CheckOptions): void {
  router.get('/tokeninfo', async (ctx) => {
    const token = bearerToken(ctx.headers.authorization)
    ctx.body = (await checkedToken(token, options)).payload
  })
}
