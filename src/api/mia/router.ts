import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import helmet from 'koa-helmet'
import type { Actor, Context } from '../../domain/context.ts'
import { type AuthenticateOptions, authenticate } from '../../http/bearer.ts'
import { type ClientKeyOptions, clientKey } from '../../http/client-key.ts'
import { type Facts, mount } from '../../http/route.ts'
import { type ErrorOptions, renderErrors } from './errors.ts'
import { managementRoutes, openRoutes } from './routes.ts'

/** What this dialect needs of the rest of the system. */
export interface MiaOptions extends AuthenticateOptions, ErrorOptions {
  readonly clientKeys: ClientKeyOptions
  /** The context of a use case that this caller asks for. */
  readonly contextFor: (actor: Actor, request: Koa.ParameterizedContext) => Context
  /** Told of every answer, for the log. */
  readonly onAnswer: (ctx: Koa.ParameterizedContext, milliseconds: number) => void
}

/** No answer of a management API may be kept or shown inside another page. */
function headers(): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    },
  })
}

function report({ onAnswer }: MiaOptions): Middleware {
  return async function reportAnswer(ctx, next) {
    const startedAt = performance.now()
    await next()
    onAnswer(ctx, performance.now() - startedAt)
  }
}

function noStore(): Middleware {
  return async function forbidStoring(ctx, next) {
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}

type Application = Pick<Facts, 'clientKey'>

/** Mounts every route of this dialect. */
export function miaRouter(options: MiaOptions): Router {
  const router = new Router({ strict: true, sensitive: true })
  const { clientKeys, check, ensureFresh, refresh, contextFor } = options
  const application = ({ clientKey: wanted }: Application) =>
    clientKey({ ...clientKeys, isRequired: wanted === 'required' && clientKeys.isRequired })
  mount(router, openRoutes, {
    before: (route) => [application(route)],
    worldOf: ({ headers: { authorization } }) => ({ check, ensureFresh, refresh, authorization }),
  })
  mount(router, managementRoutes, {
    before: (route) => [application(route), authenticate(options)],
    worldOf: (ctx) => contextFor(ctx.state['actor'], ctx),
  })
  return router
}

/** The console's dialect: root service accounts, their credentials, the audit log, `/tokeninfo`. */
export function miaApp(options: MiaOptions): Koa {
  const app = new Koa()
  app.use(report(options))
  app.use(headers())
  app.use(noStore())
  app.use(renderErrors(options))
  const router = miaRouter(options)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
