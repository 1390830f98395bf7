import type Router from '@koa/router'
import type Koa from 'koa'
import { authenticate, bearerActor } from '../../http/bearer.ts'
import { type ManagementOptions, managementApp, permitted } from '../../http/management.ts'
import { mount } from '../../http/route.ts'
import { DeepRouter } from '../../http/router.ts'
import { renderErrors } from './errors.ts'
import { kubermaticRoutes } from './routes.ts'

/** Mounts every route of this dialect. */
export function kubermaticRouter(options: ManagementOptions): Router {
  const router = new DeepRouter()
  mount(router, kubermaticRoutes, {
    before: (route) => [authenticate(options), permitted(route, options)],
    // A body may take its time: whoever was let in at its beginning may be gone at its end.
    worldOf: async (ctx) => options.contextFor(await bearerActor(ctx.req, options), ctx),
  })
  return router
}

/** Kubermatic's dialect: projects, their members and their service accounts. */
export function kubermaticApp(options: ManagementOptions): Koa {
  const router = kubermaticRouter(options)
  return managementApp(options, { failures: renderErrors(options), router })
}
