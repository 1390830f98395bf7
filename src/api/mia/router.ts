import type { IncomingMessage } from 'node:http'
import type Router from '@koa/router'
import type Koa from 'koa'
import type { Middleware } from 'koa'
import { authenticate, bearerActor } from '../../http/bearer.ts'
import { type ClientKeyOptions, clientKey } from '../../http/client-key.ts'
import { type ManagementOptions, managementApp, permitted } from '../../http/management.ts'
import { type Facts, mount } from '../../http/route.ts'
import { DeepRouter } from '../../http/router.ts'
import { renderErrors } from './errors.ts'
import { hideRootMakers } from './makers.ts'
import { naming } from './naming.ts'
import type { LiveClaims, RegistrationDoor } from './route.ts'
import { managementRoutes, openRoutes, strangerRoutes } from './routes.ts'

/** What this dialect needs of the rest of the system. */
export interface MiaOptions extends ManagementOptions {
  readonly clientKeys: ClientKeyOptions
  /** Fails with `client_key.refused` where a key is not asked for and an unknown one is given. */
  readonly checkOpen: (request: IncomingMessage) => Promise<void>
  readonly registration: RegistrationDoor
  readonly live: LiveClaims
}

/** Whether others than those of the root may be answered by a route. */
const isForCompanies = ({ at, leave }: Pick<Facts, 'at' | 'leave'>) =>
  at !== undefined || leave !== undefined

/** Nothing of a request is read where nobody may register. */
function openToStrangers({ registration }: MiaOptions): Middleware {
  return async function askIfOpen(_ctx, next) {
    registration.assertOpen()
    await next()
  }
}

type Application = Pick<Facts, 'clientKey'>

/** Mounts every route of this dialect. */
export function miaRouter(options: MiaOptions): Router {
  const router = new DeepRouter()
  const { clientKeys, check, ensureFresh, refresh, contextFor } = options
  const application = ({ clientKey: wanted }: Application) =>
    clientKey({ ...clientKeys, isRequired: wanted === 'required' && clientKeys.isRequired })
  const open: Middleware = async (ctx, next) => {
    await options.checkOpen(ctx.req)
    await next()
  }
  mount(router, openRoutes, {
    before: () => [open],
    worldOf: ({ headers: { authorization } }) => {
      return { check, ensureFresh, refresh, authorization, live: options.live }
    },
  })
  mount(router, strangerRoutes, {
    before: (route) => [naming(route), open, openToStrangers(options)],
    worldOf: ({ req }) => options.registration.take(req),
  })
  mount(router, managementRoutes, {
    before: (route) => [
      naming(route),
      authenticate(options),
      ...(isForCompanies(route)
        ? [hideRootMakers((ctx) => contextFor(ctx.state['actor'], ctx))]
        : []),
      permitted(route, options),
      application(route),
    ],
    // A body may take its time: whoever was let in at its beginning may be gone at its end.
    worldOf: async (ctx) => contextFor(await bearerActor(ctx.req, options), ctx),
  })
  return router
}

/** The console's dialect: root service accounts, their credentials, the audit log, `/tokeninfo`. */
export function miaApp(options: MiaOptions): Koa {
  const router = miaRouter(options)
  return managementApp(options, { failures: renderErrors(options), router })
}
