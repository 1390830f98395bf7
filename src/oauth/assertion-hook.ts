import { type Configuration, errors } from 'oidc-provider'
import { isActive, type KnownAccount } from '../domain/accounts/account.ts'
import { judgeAssertion } from './assertions.ts'
import { type Found, type Proof, proven, refused, type Why } from './attempt.ts'
import { type CoreRun, runOf } from './core-run.ts'
import type { OAuthOptions } from './options.ts'
import { fittingKeys, type Named } from './stored-keys.ts'

type AssertionHook = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

function refuse(run: CoreRun, attempt: Found, why: Why): never {
  run.attempt = refused(attempt, why)
  throw new errors.InvalidClientAuth(why.detail)
}

/** What proved an assertion whose signature the core found good: the one key that fits. */
function proofOf(account: KnownAccount, named: Named, now: number): Proof | undefined {
  if (account.jwksUri !== undefined) return { by: 'key_set', uri: account.jwksUri }
  const [credential, ...others] = fittingKeys(account, named, now)
  if (!credential || others.length > 0) return undefined
  return { by: 'credential', credential }
}

function foundOf({ attempt }: CoreRun): Found {
  if (attempt.stage === 'found') return attempt
  throw new Error(`the core verified an assertion of a login that is ${attempt.stage}`)
}

/**
 * Why an assertion cannot be used now, if it cannot. RFC 7523 §3: a jti is spent once, so losing the
 * race is a refusal, not a retry.
 */
async function useFault(
  { replayId, expiresAt }: { readonly replayId: string; readonly expiresAt: number },
  options: OAuthOptions,
): Promise<Why['reason'] | undefined> {
  if (expiresAt < options.reservationHorizon()) return 'assertion_before_horizon'
  return (await options.reserve(replayId, expiresAt)) ? undefined : 'replayed_assertion'
}

/** Judges an assertion once the core has verified its signature. */
export function assertionHook(options: OAuthOptions): AssertionHook {
  const { lookups, rules } = options
  return async (ctx, claims, header) => {
    const run = runOf(ctx)
    const attempt = foundOf(run)
    const { account } = attempt
    const no = (reason: Why['reason'], detail = '') =>
      refuse(run, attempt, { reason, detail, account })
    const verdict = judgeAssertion({ claims, header }, rules, Math.floor(lookups.now() / 1000))
    if (!verdict.ok) return no('bad_assertion', verdict.why)
    if (!isActive(account)) return no('account_disabled')
    const named = { alg: header['alg'], kid: header['kid'] }
    const proof = proofOf(account, named, lookups.now())
    if (!proof) return no('bad_assertion', 'the key that signed it has ended')
    const fault = await useFault(verdict, options)
    if (fault !== undefined) return no(fault)
    run.attempt = proven(attempt, account, proof)
  }
}
