import { actorOf } from '../domain/context.ts'
import { revokeToken } from '../domain/tokens/revoke.ts'
import { clientAddress } from '../http/client-address.ts'
import { fetchKeySets } from '../http/key-sets.ts'
import type { Handler } from '../http/listener.ts'
import { requestId } from '../http/request-id.ts'
import { type EndpointOptions, oauthEndpoints } from '../oauth/endpoint.ts'
import type { OAuthOptions } from '../oauth/options.ts'
import { refuseAtEdge } from '../oauth/problems.ts'
import { paths } from '../oauth/provider.ts'
import { faultFields } from '../telemetry/logger.ts'
import type { Dialect } from './dialect.ts'
import { noteOutcome } from './login-journal.ts'
import type { Services } from './services.ts'

/** Milliseconds that a login which is about to be refused waits for what other processes know. */
const refreshBoundMs = 500

/** Whatever comes first: the end of the work, or of the time. */
async function within(boundMs: number, work: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(() => over.reject(new Error('the store is slow')), boundMs)
  try {
    await Promise.race([work, over.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Reads the event log to its end: one reading at a time, and one more for all who asked while it
 * ran, since it may have passed what they need to know.
 */
function boundedRefresh({ directory }: Services): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
    next = undefined
    const reading = directory.catchUp().finally(() => {
      if (running === reading) running = undefined
    })
    running = reading
    return reading
  }
  return async () => {
    if (running) next ??= running.then(start, start)
    await within(refreshBoundMs, next ?? start())
  }
}

function coreOptions(services: Services): OAuthOptions {
  const { issuer, settings, keyring, directory, store, storeHealth, now, log } = services
  const { assertions, jwksUri, profile, defaultResource, requireAudience } = settings.oauth
  return {
    issuer,
    key: keyring.current,
    tokenSeconds: settings.tokens.accessSeconds,
    tokenType: settings.tokens.type,
    defaultResource: defaultResource || issuer,
    requireAudience,
    rules: { issuer, isFapi: profile === 'fapi', ...assertions },
    lookups: {
      account: (clientId) => directory.accountByClientId(clientId),
      peppers: services.peppers,
      now,
    },
    refresh: boundedRefresh(services),
    reserve: (id, expiresAt) => store.reserve(id, expiresAt),
    reservationHorizon: () => storeHealth.reservationHorizon,
    fetch: fetchKeySets({
      ...jwksUri,
      now,
      onFailure: (uri, error) => log.warn('a jwks_uri was not read', { uri, error: String(error) }),
    }),
  }
}

function endpointOptions(services: Services): EndpointOptions {
  const { issuer, settings, throttle } = services
  return {
    issuer,
    assertionRefusalStatus: settings.oauth.assertions.refusalStatus,
    ensureFresh: async () => services.assertFresh(),
    waitSeconds: (clientId, address) => throttle.waitSeconds(clientId, address),
    check: services.check,
    revoke: async ({ account, origin }, token) => {
      const context = services.contextFor(actorOf(account, []), origin.requestId)
      await revokeToken(context, token, account)
    },
    requestId,
    address: clientAddress(settings.http.trustedProxies),
    onOutcome: (outcome) => noteOutcome(outcome, services),
  }
}

/** The endpoints for the key that signs now. */
function endpointsFor(services: Services): Handler {
  const endpoints = oauthEndpoints(coreOptions(services), endpointOptions(services))
  return (request, response) => {
    endpoints(request, response).catch((error) => {
      services.log.error('request failed', { requestId: requestId(request), ...faultFields(error) })
      response.destroy()
    })
  }
}

/** A rotation of the keys swaps what answers. */
function openOAuth(services: Services): Handler {
  let endpoints = endpointsFor(services)
  services.keyring.onChange(() => {
    endpoints = endpointsFor(services)
  })
  return (request, response) => endpoints(request, response)
}

/** OAuth 2: token, introspection and revocation. */
export const oauthDialect: Dialect = {
  prefixes: Object.values(paths),
  open: openOAuth,
  refuse: refuseAtEdge,
}
