import type { ParameterizedContext } from 'koa'
import { refuseAtEdge } from '../api/mia/errors.ts'
import { miaApp } from '../api/mia/router.ts'
import { clientAddress } from '../http/client-address.ts'
import type { Handler } from '../http/listener.ts'
import { requestId } from '../http/request-id.ts'
import { liveClaims } from '../oauth/live-claims.ts'
import { faultFields } from '../telemetry/logger.ts'
import type { Dialect } from './dialect.ts'
import { openRegistration } from './registration.ts'
import { rightsIn } from './rights-in.ts'
import type { Services } from './services.ts'

function answerFields(ctx: ParameterizedContext, milliseconds: number) {
  const { actor }: { actor?: unknown } = ctx.state
  const clientId = typeof actor === 'object' && actor !== null && 'clientId' in actor
  return {
    requestId: requestId(ctx.req),
    method: ctx.method,
    path: ctx.path.slice(0, 200),
    status: ctx.status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    ...(clientId && { clientId: actor.clientId }),
  }
}

function openMia(services: Services): Handler {
  const { issuer, clientKeys, directory, log, settings } = services
  const address = clientAddress(settings.http.trustedProxies)
  const rights = rightsIn(directory)
  const app = miaApp({
    issuer,
    audience: issuer,
    check: services.check,
    personOf: (token, request) => {
      return services.personOf(token, { requestId: requestId(request), address: address(request) })
    },
    onUse: (id, request) => services.lastUses.add(id, address(request)),
    now: services.now,
    ensureFresh: services.ensureFresh,
    refresh: () => directory.refresh(),
    clientKeys: clientKeys.options,
    checkOpen: clientKeys.checkOpen,
    registration: openRegistration(services),
    live: (checked) => liveClaims(checked, rights),
    contextFor: (actor, ctx) => services.contextFor(actor, requestId(ctx.req)),
    onFailure: (error, ctx) => {
      // The line of the request says 503; why, the line of the outage says.
      if (services.outage.take(error)) return
      log.error('request failed', { requestId: requestId(ctx.req), ...faultFields(error) })
    },
    onAnswer: (ctx, milliseconds) => log.info('request', answerFields(ctx, milliseconds)),
  })
  app.silent = true
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}

/** Mia-Platform Console's dialect; it also answers every path that no other dialect has. */
export const miaDialect: Dialect = {
  prefixes: ['/'],
  clientKeys: 'own',
  open: openMia,
  refuse: refuseAtEdge,
}
