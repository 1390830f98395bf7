import { type Configuration, errors } from 'oidc-provider'
import { type Granted, granted, type Proven } from './attempt.ts'
import {
  isHeld,
  isPlaceAllowed,
  lifetimeOf,
  mayHave,
  namedAudiences,
  scheme,
  wantedAudiences,
} from './audiences.ts'
import { provenOf, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'
import { wordsOf } from './refusals.ts'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/**
 * The core knows audiences only as resource indicators (RFC 8707), which are absolute URIs; plain
 * texts are wrapped into one of ours and unwrapped when the token is written.
 */
function wrap(audiences: readonly string[]): string {
  return `${scheme}${Buffer.from(JSON.stringify(audiences)).toString('base64url')}`
}

function unwrap(resource: string): readonly string[] {
  if (!resource.startsWith(scheme)) return [resource]
  const text = Buffer.from(resource.slice(scheme.length), 'base64url').toString('utf8')
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.map(String) : [resource]
}

function defaultResource(options: OAuthOptions): ResourceIndicators['defaultResource'] {
  return (ctx) => {
    const audiences = wantedAudiences(provenOf(runOf(ctx)), options)
    if (audiences.length === 0) throw new errors.InvalidTarget(wordsOf('audience_required'))
    return wrap(audiences)
  }
}

/** A place is what a scope is meant for, and no audience. */
function audiencesOf(login: Proven | Granted, resource: string, options: OAuthOptions) {
  if (login.place !== undefined) return wantedAudiences(login, options)
  return [...new Set([...unwrap(resource), ...namedAudiences(login)])]
}

function resourceServer(options: OAuthOptions): ResourceIndicators['getResourceServerInfo'] {
  return (ctx, resource) => {
    const run = runOf(ctx)
    const attempt = provenOf(run)
    const { account, proof } = attempt
    const scope = ctx.oidc.params?.['scope']
    if (!isPlaceAllowed(attempt, options.lookups)) {
      throw new errors.InvalidTarget(wordsOf('audience_not_allowed'))
    }
    if (typeof scope === 'string' && !isHeld(attempt, scope, options.lookups)) {
      throw new errors.CustomOIDCProviderError('invalid_scope', wordsOf('scope_not_held'))
    }
    const audiences = audiencesOf(attempt, resource, options)
    if (!mayHave(account, audiences, options)) {
      throw new errors.InvalidTarget(wordsOf('audience_not_allowed'))
    }
    const lifetimeSeconds = lifetimeOf(proof, options)
    run.attempt = granted(attempt, { audiences, place: attempt.place, lifetimeSeconds })
    return {
      scope: typeof scope === 'string' ? scope : '',
      audience: resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: lifetimeSeconds,
      jwt: { sign: { alg: options.key.alg, kid: options.key.kid } },
    }
  }
}

/** RFC 8707 for the core: which audiences a token may have, and for how long it lives. */
export function resourceIndicators(options: OAuthOptions): ResourceIndicators {
  return {
    enabled: true,
    defaultResource: defaultResource(options),
    getResourceServerInfo: resourceServer(options),
    useGrantedResource: () => false,
  }
}
