import { type ClientAuthMethod, type Configuration, Provider } from 'oidc-provider'
import { noAdapter } from './adapter.ts'
import { assertionHook } from './assertion-hook.ts'
import { assertionAlgorithms } from './assertions.ts'
import { grantedOf, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'
import { applyOverrides } from './overrides.ts'
import { resourceIndicators } from './resources.ts'
import { signingKey } from './signing-key.ts'
import { writeToken } from './write-token.ts'

/** Where the endpoints are, below the issuer. */
export const paths = {
  token: '/api/m2m/oauth/token',
  introspection: '/api/m2m/oauth/introspect',
  revocation: '/api/m2m/oauth/revoke',
} as const

/** How clients prove who they are (RFC 6749 §2.3.1, RFC 7523 §2.2). */
export const clientAuthMethods = [
  'client_secret_basic',
  'private_key_jwt',
] as const satisfies ClientAuthMethod[]

const off = { enabled: false }
const on = { enabled: true }

function features(options: OAuthOptions): NonNullable<Configuration['features']> {
  return {
    clientCredentials: on,
    introspection: on,
    revocation: on,
    resourceIndicators: resourceIndicators(options),
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    devInteractions: off,
    userinfo: off,
    rpInitiatedLogout: off,
    pushedAuthorizationRequests: off,
    dPoP: off,
    claimsParameter: off,
  }
}

/** Key sets are ours to fetch; nothing else that the core could fetch is switched on. */
const fetchNothing = () => Promise.reject(new Error('the core fetches nothing'))

/** Builds the core for one signing key. To rotate, a second one is built and takes its place. */
export function buildProvider(options: OAuthOptions): Provider {
  const provider = new Provider(options.issuer, {
    adapter: noAdapter,
    jwks: { keys: [signingKey(options.key)] },
    clientAuthMethods: [...clientAuthMethods],
    enabledJWA: {
      clientAuthSigningAlgValues: [...assertionAlgorithms(options.rules.isFapi)],
      idTokenSigningAlgValues: [options.key.alg],
    },
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      id_token_signed_response_alg: options.key.alg,
    },
    responseTypes: [],
    scopes: [],
    clockTolerance: options.rules.clockToleranceSeconds,
    features: features(options),
    ttl: { ClientCredentials: (ctx) => grantedOf(runOf(ctx)).grant.lifetimeSeconds },
    formats: { customizers: { jwt: writeToken(options) } },
    assertJwtClientAuthClaimsAndHeader: assertionHook(options),
    clientBasedCORS: () => false,
    fetch: fetchNothing,
    routes: paths,
  })
  applyOverrides(provider, options)
  return provider
}
