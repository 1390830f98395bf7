import type Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import helmet from 'koa-helmet'
import { assertInsider, assertPermitted } from '../domain/access/permit.ts'
import {
  companyPlace,
  environmentPlace,
  type Place,
  projectPlace,
} from '../domain/access/places.ts'
import { assertAhead } from '../domain/access/rights.ts'
import type { Actor, Context } from '../domain/context.ts'
import { assertHolder } from '../domain/tokens/target.ts'
import { answersAtOnce } from './answering.ts'
import { basePathOf } from './base-path.ts'
import type { AuthenticateOptions } from './bearer.ts'
import type { CallTurns } from './call-turns.ts'
import type { Handler } from './listener.ts'
import { millisecondsSince } from './request-id.ts'
import type { Facts } from './route.ts'

/** What every management API needs of the rest of the system. */
export interface ManagementOptions extends AuthenticateOptions {
  readonly issuer: string
  /** The context of a use case that this caller asks for. */
  readonly contextFor: (actor: Actor, request: Koa.ParameterizedContext) => Context
  /** Told of every answer, for the log. */
  readonly onAnswer: (ctx: Koa.ParameterizedContext, milliseconds: number) => void
  /** Told of what is no fault of the caller. */
  readonly onFailure: (error: unknown, ctx: Koa.ParameterizedContext) => void
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

function report({ onAnswer }: ManagementOptions): Middleware {
  return async function reportAnswer(ctx, next) {
    await next()
    onAnswer(ctx, millisecondsSince(ctx.req))
  }
}

/** Where this server is for its callers: a proxy may share its host with others. */
function placed({ issuer }: ManagementOptions): Middleware {
  const base = basePathOf(issuer)
  return function notePlace(ctx, next) {
    ctx.state['base'] = base
    return next()
  }
}

function noStore(): Middleware {
  return function forbidStoring(ctx, next) {
    ctx.set('Cache-Control', 'no-store')
    return next()
  }
}

type Permitted = Pick<Facts, 'action' | 'at' | 'leave'>

/**
 * Whether the caller may do this at all. The use case asks again, when it has read what it is about:
 * here it is asked so that nobody who may not learns more than that.
 */
export function permitted(
  { action, at, leave }: Permitted,
  { contextFor }: ManagementOptions,
): Middleware {
  return async function askLeave(ctx, next) {
    const on = placeIn(at, ctx['params'])
    const context = contextFor(ctx.state['actor'], ctx)
    if (leave === 'holder') await askHolder(context, ctx['params'], action)
    await assertAhead(context, (rights) => {
      if (leave === 'insider') assertInsider(context, rights, on)
      else if (leave === undefined && action !== 'none') {
        assertPermitted(context, rights, { action, on })
      }
    })
    await next()
  }
}

type Named = Readonly<Record<string, string | undefined>>

async function askHolder(
  context: Context,
  { clientId = '' }: Named,
  action: Facts['action'],
): Promise<void> {
  if (action !== 'none') await assertHolder(context, clientId, action)
}

/** The place that a path names by its parameters. */
function placeIn(at: Facts['at'], params: Named): Place {
  const { companyId = '', projectId = '', envId = '' } = params
  switch (at) {
    case undefined:
      return 'root'
    case 'company':
      return companyPlace(companyId)
    case 'project':
      return projectPlace(projectId)
    case 'environment':
      return environmentPlace(projectId, envId)
  }
}

/** What a dialect of a management API has of its own. */
export interface ManagementDialect {
  /** Answers what fails, in its words. */
  readonly failures: Middleware
  readonly router: Router
}

/** The application of a dialect: what every management API does around its routes, from the outside in. */
export function managementApp(
  options: ManagementOptions,
  { failures, router }: ManagementDialect,
): Koa {
  const app = answersAtOnce(new Koa())
  const around = [report(options), headers(), noStore(), placed(options)]
  for (const each of [...around, failures]) app.use(each)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

/**
 * What answers the requests of an application. Between calls new connections are taken, and logins answered, however
 * many callers there are at once: so calls wait for their turn, before anything is made for them.
 */
export function handlerOf(app: Koa, turns: CallTurns): Handler {
  app.silent = true
  const handle = app.callback()
  return (request, response) => void turns.next().then(() => handle(request, response))
}
