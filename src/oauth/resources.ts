import { type Configuration, errors } from 'oidc-provider'
import type { Account } from '../domain/accounts/account.ts'
import { type Login, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

export const scheme = 'urn:ostiary:audience:'

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

/** What is wanted by the console's parameter, by its claim of an assertion, or by default. */
export function wantedAudiences(login: Login, options: OAuthOptions): readonly string[] {
  const wanted = namedAudiences(login)
  if (wanted.length > 0 || options.requireAudience) return wanted
  return [options.defaultResource]
}

function namedAudiences({ audience, presented }: Login): readonly string[] {
  const claimed = presented.method === 'private_key_jwt' ? presented.requestedAudiences : []
  return audience === undefined ? claimed : [...new Set([audience, ...claimed])]
}

/** Whether an account may have tokens for these: everybody may for our own API and the default. */
export function mayHave(
  account: Account,
  audiences: readonly string[],
  options: OAuthOptions,
): boolean {
  const { issuer, defaultResource } = options
  return (
    audiences.length > 0 &&
    audiences.every((audience) => {
      return (
        audience === issuer || audience === defaultResource || account.audiences.includes(audience)
      )
    })
  )
}

/** Whether every permission that a scope names is held; one that is unknown is not. */
export function isHeld(account: Account, scope: string): boolean {
  const held: readonly string[] = account.permissions
  return scope.split(' ').every((asked) => held.includes(asked))
}

/** Seconds: a token never outlives the credential that it was issued for. */
export function lifetimeOf({ credential }: Login, { tokenSeconds, lookups }: OAuthOptions): number {
  const end = credential?.expiresAt
  if (end === undefined) return tokenSeconds
  const left = Math.floor(end / 1000) - Math.floor(lookups.now() / 1000)
  return Math.max(1, Math.min(tokenSeconds, left))
}

function defaultResource(options: OAuthOptions): ResourceIndicators['defaultResource'] {
  return (ctx) => {
    const audiences = wantedAudiences(requireLogin(ctx).login, options)
    if (audiences.length === 0) throw new errors.InvalidTarget('audience: is required')
    return wrap(audiences)
  }
}

function resourceServer(options: OAuthOptions): ResourceIndicators['getResourceServerInfo'] {
  return (ctx, resource) => {
    const { login, account } = requireLogin(ctx)
    if (login.verdict?.ok) login.credential = login.verdict.credential
    const scope = ctx.oidc.params?.['scope']
    if (typeof scope === 'string' && !isHeld(account, scope)) {
      const description = 'a requested scope is unknown or not held by this client'
      throw new errors.CustomOIDCProviderError('invalid_scope', description)
    }
    const audiences = [...new Set([...unwrap(resource), ...namedAudiences(login)])]
    if (!mayHave(account, audiences, options)) {
      throw new errors.InvalidTarget('the requested audience is unknown or not allowed')
    }
    login.audiences = audiences
    login.lifetimeSeconds = lifetimeOf(login, options)
    return {
      scope: account.permissions.join(' '),
      audience: resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: login.lifetimeSeconds,
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
