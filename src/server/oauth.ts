import { actorOf } from '../domain/context.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { endToken } from '../domain/tokens/end.ts'
import { checkExactly } from '../http/bearer.ts'
import { clientAddress } from '../http/client-address.ts'
import { keySetReader } from '../http/key-sets.ts'
import type { Handler } from '../http/listener.ts'
import { type PublishedKeys, publishedKeys } from '../http/published-keys.ts'
import { requestId } from '../http/request-id.ts'
import { type EndpointOptions, oauthEndpoints } from '../oauth/endpoint.ts'
import type { OAuthOptions } from '../oauth/options.ts'
import { refuseAtEdge } from '../oauth/problems.ts'
import { paths } from '../oauth/provider.ts'
import { Quota } from '../oauth/quota.ts'
import { Refusal } from '../oauth/refusals.ts'
import { faultFields } from '../telemetry/logger.ts'
import type { Dialect } from './dialect.ts'
import { noteOutcome } from './login-journal.ts'
import { rightsIn } from './rights-in.ts'
import type { Services } from './services.ts'

/** What follows the path may be a secret of whoever publishes there. */
function withoutQuery(uri: string): string {
  const { origin, pathname } = new URL(uri)
  return `${origin}${pathname}`
}

/** For so long after they went stale the keys of a client are good while its host fails. */
const graceSeconds = 3600

/** One for all keys that sign: a rotation of ours does not forget what clients publish. */
function openPublishedKeys({ settings, now, log }: Services): PublishedKeys<PublicKey> {
  return publishedKeys({
    read: keySetReader(settings.oauth.jwksUri),
    graceSeconds,
    now,
    onFailure: (uri, error) => {
      log.warn('a jwks_uri was not read', { uri: withoutQuery(uri), error: String(error) })
    },
    onSkipped: (uri, skipped) => {
      log.warn('keys of a jwks_uri were skipped', { uri: withoutQuery(uri), skipped })
    },
  })
}

function coreOptions(services: Services, published: PublishedKeys<PublicKey>): OAuthOptions {
  const { issuer, settings, keyring, directory, store, storeHealth, bcrypt, now } = services
  const { assertions, profile, defaultResource, requireAudience } = settings.oauth
  return {
    issuer,
    key: keyring.current,
    tokenSeconds: settings.tokens.accessSeconds,
    tokenType: settings.tokens.type,
    scopeClaim: settings.tokens.scopeClaim,
    defaultResource: defaultResource || issuer,
    requireAudience,
    rules: {
      issuer,
      isFapi: profile === 'fapi',
      ...assertions,
      restoredAt: () => directory.restoredAt,
    },
    lookups: {
      account: (clientId) => directory.accountByClientId(clientId),
      ...rightsIn(directory),
      peppers: services.peppers,
      epoch: () => directory.epoch,
      now,
    },
    refresh: () => directory.refresh(),
    reserve: (id, expiresAt) => store.reserve(id, expiresAt),
    reservationHorizon: () => storeHealth.reservationHorizon,
    publishedKeys: published,
    foreign: {
      costAt: (place) => directory.foreignCosts.at(place),
      check: (question) => bcrypt.check(question),
    },
  }
}

/** Each is an entry of the audit log, which is kept for good: no client may write them without end. */
const mostRevocationsAMinute = 100

function endpointOptions(services: Services): EndpointOptions {
  const { issuer, settings, throttle, directory } = services
  const revocations = new Quota(mostRevocationsAMinute, services.now)
  return {
    issuer,
    assertionRefusalStatus: settings.oauth.assertions.refusalStatus,
    ensureFresh: services.ensureFresh,
    waitSeconds: (clientId, address) => throttle.waitSeconds(clientId, address),
    account: (clientId) => directory.accountByClientId(clientId),
    check: (token) => {
      const { check, ensureFresh } = services
      return checkExactly(token, { check, ensureFresh, refresh: () => directory.refresh() })
    },
    revoke: async ({ account, origin }, token) => {
      const seconds = revocations.take(account.id)
      if (seconds > 0) {
        const headers = { 'Retry-After': String(seconds) }
        throw new Refusal('revocations_many', seconds, { headers })
      }
      const context = services.contextFor(actorOf(account, undefined), origin.requestId)
      await endToken(context, token)
    },
    requestId,
    address: clientAddress(settings.http.trustedProxies),
    onOutcome: (outcome) => noteOutcome(outcome, services),
  }
}

/** The endpoints for the key that signs now. */
function endpointsFor(services: Services, published: PublishedKeys<PublicKey>): Handler {
  const endpoints = oauthEndpoints(coreOptions(services, published), endpointOptions(services))
  return (request, response) => {
    endpoints(request, response).catch((error) => {
      services.log.error('request failed', { requestId: requestId(request), ...faultFields(error) })
      response.destroy()
    })
  }
}

/** A rotation of the keys swaps what answers. */
function openOAuth(services: Services): Handler {
  const published = openPublishedKeys(services)
  let endpoints = endpointsFor(services, published)
  services.keyring.onChange(() => {
    endpoints = endpointsFor(services, published)
  })
  return (request, response) => {
    services.turns.loginCame()
    endpoints(request, response)
  }
}

/** OAuth 2: token, introspection and revocation. */
export const oauthDialect: Dialect = {
  prefixes: Object.values(paths),
  clientKeys: 'open',
  open: openOAuth,
  refuse: refuseAtEdge,
}
