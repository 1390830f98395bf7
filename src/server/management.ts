import type { ParameterizedContext } from 'koa'
import { clientAddress } from '../http/client-address.ts'
import type { ManagementOptions } from '../http/management.ts'
import { requestId } from '../http/request-id.ts'
import { faultFields } from '../telemetry/logger.ts'
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

/** What every management API is given of a server. */
export function managementOptions(services: Services): ManagementOptions {
  const { issuer, directory, log, settings } = services
  const address = clientAddress(settings.http.trustedProxies)
  return {
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
    contextFor: (actor, ctx) => services.contextFor(actor, requestId(ctx.req)),
    onFailure: (error, ctx) => {
      // The line of the request says 503; why, the line of the outage says.
      if (services.outage.take(error)) return
      log.error('request failed', { requestId: requestId(ctx.req), ...faultFields(error) })
    },
    onAnswer: (ctx, milliseconds) => log.info('request', answerFields(ctx, milliseconds)),
  }
}
