import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import helmet from 'koa-helmet'
import type { Actor, Context } from '../../domain/context.ts'
import { type AuthenticateOptions, authenticate } from '../../http/bearer.ts'
import { type ClientKeyOptions, clientKey } from '../../http/client-key.ts'
import { type ErrorOptions, renderErrors } from './errors.ts'
import type { MiaState } from './request.ts'
import { accountRoutes } from './routes/accounts.ts'
import { auditRoutes } from './routes/audit.ts'
import { credentialRoutes } from './routes/credentials.ts'
import { tokeninfoRoutes } from './routes/tokeninfo.ts'

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

function provideContext(options: MiaOptions): Middleware<MiaState> {
  return async function provide(ctx, next) {
    ctx.state.context = options.contextFor(ctx.state.actor, ctx)
    await next()
  }
}

function managementRouter(options: MiaOptions): Router<MiaState> {
  const router = new Router<MiaState>({ strict: true, sensitive: true })
  router.use('/api/service-accounts', clientKey({ ...options.clientKeys }))
  router.use('/api/audit', clientKey({ ...options.clientKeys, isRequired: false }))
  router.use(authenticate(options), provideContext(options))
  accountRoutes(router)
  credentialRoutes(router)
  auditRoutes(router)
  return router
}

function openRouter(options: MiaOptions): Router {
  const router = new Router({ strict: true, sensitive: true })
  router.use('/tokeninfo', clientKey({ ...options.clientKeys, isRequired: false }))
  tokeninfoRoutes(router, options)
  return router
}

/** The console's dialect: root service accounts, their credentials, the audit log, `/tokeninfo`. */
export function miaApp(options: MiaOptions): Koa {
  const app = new Koa()
  app.use(report(options))
  app.use(headers())
  app.use(noStore())
  app.use(renderErrors(options))
  for (const router of [openRouter(options), managementRouter(options)]) {
    app.use(router.routes())
    app.use(router.allowedMethods())
  }
  return app
}
