import { type Configuration, errors } from 'oidc-provider'
import { granted, proven, refused } from './attempt.ts'
import { isHeld, lifetimeOf, mayHave } from './audiences.ts'
import { accessClaims } from './claims.ts'
import { grantedOf, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'
import { wordsOf } from './refusals.ts'
import { standingOf } from './standing.ts'

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>

/** Lets the core sign our claims in place of its own, of the account as it is at that moment. */
export function writeToken(options: OAuthOptions): JwtCustomizer {
  return (ctx, token, parts) => {
    const run = runOf(ctx)
    const attempt = grantedOf(run)
    const standing = standingOf(attempt, options.lookups)
    if (!standing.stands) {
      run.attempt = refused(attempt, standing.why)
      throw new errors.InvalidClientAuth(standing.why.detail)
    }
    const { account, proof } = standing
    const { audiences, place } = attempt.grant
    if (token.scope && !isHeld({ account, place }, token.scope, options.lookups)) {
      throw new errors.CustomOIDCProviderError('invalid_scope', wordsOf('scope_not_held'))
    }
    if (!mayHave(account, audiences, options)) {
      throw new errors.InvalidTarget(wordsOf('audience_not_allowed'))
    }
    const grant = { audiences, place, lifetimeSeconds: lifetimeOf(proof, options) }
    run.attempt = granted(proven(attempt, account, proof), grant)
    parts.payload = accessClaims({ account, proof, grant }, token.scope, options)
    parts.header = { typ: options.tokenType }
  }
}
