import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import helmet from 'koa-helmet'
import { assertInsider, assertPermitted } from '../../domain/access/permit.ts'
import { assertAhead } from '../../domain/access/rights.ts'
import type { Actor, Context } from '../../domain/context.ts'
import { basePathOf } from '../../http/base-path.ts'
import { type AuthenticateOptions, authenticate, bearerActor } from '../../http/bearer.ts'
import { type ClientKeyOptions, clientKey } from '../../http/client-key.ts'
import { type Facts, mount } from '../../http/route.ts'
import { type ErrorOptions, renderErrors } from './errors.ts'
import { hideRootMakers } from './makers.ts'
import { type LiveClaims, placeIn, type RegistrationDoor } from './route.ts'
import { managementRoutes, openRoutes, strangerRoutes } from './routes.ts'

/** What this dialect needs of the rest of the system. */
export interface MiaOptions extends AuthenticateOptions, ErrorOptions {
  readonly clientKeys: ClientKeyOptions
  /** Fails with `client_key.refused` where a key is not asked for and an unknown one is given. */
  readonly checkOpen: (request: IncomingMessage) => Promise<void>
  readonly registration: RegistrationDoor
  readonly live: LiveClaims
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

/** Where this server is for its callers: a proxy may share its host with others. */
function placed({ issuer }: MiaOptions): Middleware {
  const base = basePathOf(issuer)
  return async function notePlace(ctx, next) {
    ctx.state['base'] = base
    await next()
  }
}

function noStore(): Middleware {
  return async function forbidStoring(ctx, next) {
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}

type Asked = Pick<Facts, 'action' | 'at' | 'leave'>

/**
 * Whether the caller may do this at all. The use case asks again, when it has read what it is about:
 * here it is asked so that nobody who may not learns more than that.
 */
function permitted({ action, at, leave }: Asked, { contextFor }: MiaOptions): Middleware {
  return async function askLeave(ctx, next) {
    const on = placeIn(at, ctx['params'])
    const context = contextFor(ctx.state['actor'], ctx)
    await assertAhead(context, (rights) => {
      if (leave === 'insider') assertInsider(context, rights, on)
      else if (leave === undefined && action !== 'none') {
        assertPermitted(context, rights, { action, on })
      }
    })
    await next()
  }
}

/** Whether others than those of the root may be answered by a route. */
const isForCompanies = ({ at, leave }: Asked) => at !== undefined || leave !== undefined

/** Nothing of a request is read where nobody may register. */
function openToStrangers({ registration }: MiaOptions): Middleware {
  return async function askIfOpen(_ctx, next) {
    registration.assertOpen()
    await next()
  }
}

type Application = Pick<Facts, 'clientKey'>

/** How the body of a route calls its members, for whatever it fails with. */
function naming({ calls }: Pick<Facts, 'calls'>): Middleware {
  return async function noteNames(ctx, next) {
    ctx.state['calls'] = calls
    await next()
  }
}

/** Mounts every route of this dialect. */
export function miaRouter(options: MiaOptions): Router {
  const router = new Router({ strict: true, sensitive: true })
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
  const app = new Koa()
  app.use(report(options))
  app.use(headers())
  app.use(noStore())
  app.use(placed(options))
  app.use(renderErrors(options))
  const router = miaRouter(options)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}
