import type { Configuration } from 'oidc-provider'
import { newId } from '../domain/ids.ts'
import { requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>

/**
 * The access token as it is signed (RFC 9068 §2.2), with what a root account may do, or the part of
 * it that the request asked for. No request parameter can name a claim.
 */
export function writeToken(options: OAuthOptions): JwtCustomizer {
  return (ctx, token, parts) => {
    const { login, account } = requireLogin(ctx)
    const now = options.lookups.now()
    const iat = Math.floor(now / 1000)
    const asked = token.scope?.split(' ')
    const { permissions } = account
    const [audience] = login.audiences
    parts.payload = {
      iss: options.issuer,
      sub: account.clientId,
      aud: login.audiences.length === 1 ? audience : login.audiences,
      client_id: account.clientId,
      iat,
      exp: iat + login.lifetimeSeconds,
      jti: newId('token', now),
      ...(asked && { scope: token.scope }),
      permissions: asked ? permissions.filter((held) => asked.includes(held)) : permissions,
    }
    parts.header = { typ: options.tokenType }
  }
}
