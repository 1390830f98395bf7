import { type Configuration, errors } from 'oidc-provider'
import type { Account } from '../domain/account.ts'
import { type Login, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

const scheme = 'urn:ostiary:audience:'

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

/** What was asked for by the console's parameter, or by the console's claim of an assertion. */
function wanted({ audience, presented }: Login): readonly string[] {
  const claimed = presented.method === 'private_key_jwt' ? presented.requestedAudiences : []
  return [...new Set(audience === undefined ? claimed : [audience, ...claimed])]
}

function isAllowed(account: Account, audience: string, options: OAuthOptions): boolean {
  const everybodys = [options.issuer, options.defaultResource]
  return everybodys.includes(audience) || account.audiences.includes(audience)
}

/** An unknown scope and one that is not held fail the whole request, in the same words. */
function checkScope(account: Account, scope: unknown): void {
  if (typeof scope !== 'string') return
  const held: readonly string[] = account.permissions
  if (scope.split(' ').every((asked) => held.includes(asked))) return
  throw new errors.CustomOIDCProviderError(
    'invalid_scope',
    'a requested scope is unknown or not held by this client',
  )
}

/** A token never outlives the credential that it was issued for. */
function lifetime(login: Login, { tokenSeconds, lookups }: OAuthOptions): number {
  const end = login.credential?.expiresAt
  if (end === undefined) return tokenSeconds
  const left = Math.floor(end / 1000) - Math.floor(lookups.now() / 1000)
  return Math.max(1, Math.min(tokenSeconds, left))
}

function defaultResource(options: OAuthOptions): ResourceIndicators['defaultResource'] {
  return (ctx) => {
    const audiences = wanted(requireLogin(ctx).login)
    if (audiences.length > 0) return wrap(audiences)
    if (options.requireAudience) throw new errors.InvalidTarget('audience: is required')
    return wrap([options.defaultResource])
  }
}

function resourceServer(options: OAuthOptions): ResourceIndicators['getResourceServerInfo'] {
  return (ctx, resource) => {
    const { login, account } = requireLogin(ctx)
    if (login.verdict?.ok) login.credential = login.verdict.credential
    checkScope(account, ctx.oidc.params?.['scope'])
    const audiences = unwrap(resource)
    if (!audiences.every((audience) => isAllowed(account, audience, options))) {
      throw new errors.InvalidTarget('the requested audience is unknown or not allowed')
    }
    login.audiences = audiences
    login.lifetimeSeconds = lifetime(login, options)
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
