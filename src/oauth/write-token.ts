import { type Configuration, errors } from 'oidc-provider'
import { type Granted, granted, proven, refused } from './attempt.ts'
import { isHeld, lifetimeOf, mayHave } from './audiences.ts'
import { accessClaims, claimsRefusal } from './claims.ts'
import { type CoreRun, grantedOf, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'
import { wordsOf } from './refusals.ts'
import { standingOf } from './standing.ts'

type JwtCustomizer = NonNullable<
  NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']
>

function assertClaimsFit(run: CoreRun, attempt: Granted): void {
  const refusal = claimsRefusal(attempt, attempt.grant.audiences)
  if (!refusal) return
  run.refusal = refusal
  throw new errors.CustomOIDCProviderError(refusal.error, refusal.message)
}

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
    const current = granted(proven(attempt, account, proof), grant)
    run.attempt = current
    assertClaimsFit(run, current)
    parts.payload = accessClaims(current, token.scope, options)
    parts.header = { typ: options.tokenType }
  }
}
