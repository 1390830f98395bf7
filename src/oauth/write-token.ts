import type { Configuration } from 'oidc-provider'
import { accessClaims } from './claims.ts'
import { grantedOf, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>

/** Lets the core sign our claims in place of its own. */
export function writeToken(options: OAuthOptions): JwtCustomizer {
  return (ctx, token, parts) => {
    parts.payload = accessClaims(grantedOf(runOf(ctx)), token.scope, options)
    parts.header = { typ: options.tokenType }
  }
}
