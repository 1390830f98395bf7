import type { Configuration } from 'oidc-provider'
import type { Account } from '../domain/accounts/account.ts'
import { newId } from '../domain/ids.ts'
import { type Login, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>

/**
 * The claims of an access token (RFC 9068 §2.2), with what a root account may do, or the part of it
 * that the request asked for. No request parameter can name a claim.
 */
export function accessClaims(
  { login, account }: { readonly login: Login; readonly account: Account },
  scope: string | undefined,
  options: OAuthOptions,
) {
  const now = options.lookups.now()
  const iat = Math.floor(now / 1000)
  const asked = scope?.split(' ')
  const { permissions } = account
  const [audience] = login.audiences
  return {
    iss: options.issuer,
    sub: account.clientId,
    aud: login.audiences.length === 1 ? audience : login.audiences,
    client_id: account.clientId,
    iat,
    exp: iat + login.lifetimeSeconds,
    jti: newId('token', now),
    ...(asked && { scope }),
    permissions: asked ? permissions.filter((held) => asked.includes(held)) : permissions,
  }
}

/** Lets the core sign our claims in place of its own. */
export function writeToken(options: OAuthOptions): JwtCustomizer {
  return (ctx, token, parts) => {
    parts.payload = accessClaims(requireLogin(ctx), token.scope, options)
    parts.header = { typ: options.tokenType }
  }
}
