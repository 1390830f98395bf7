import { type Configuration, errors } from 'oidc-provider'
import { type Account, isActive } from '../domain/account.ts'
import type { RefusalReason } from '../domain/authentication.ts'
import { judgeAssertion } from './assertions.ts'
import { type Login, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type AssertionHook = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

function refuse(login: Login, why: RefusalReason, detail: string): never {
  login.why = why
  login.detail = detail
  throw new errors.InvalidClientAuth(detail)
}

function keyUsed(account: Account, kid: unknown) {
  const keys = account.credentials.filter((credential) => credential.kind === 'key')
  return keys.find(({ key }) => key.kid === kid) ?? (keys.length === 1 ? keys[0] : undefined)
}

/** RFC 7523 §3: a jti is spent once, so losing the race is a refusal, not a retry. */
export function assertionHook(options: OAuthOptions): AssertionHook {
  return async (ctx, claims, header) => {
    const { login, account } = requireLogin(ctx)
    const nowSeconds = Math.floor(options.lookups.now() / 1000)
    const verdict = judgeAssertion({ claims, header }, options.rules, nowSeconds)
    if (!verdict.ok) return refuse(login, 'bad_assertion', verdict.why)
    if (!isActive(account)) return refuse(login, 'account_disabled', 'the account is disabled')
    if (verdict.expiresAt < options.claimHorizon()) {
      return refuse(login, 'replayed_assertion', 'it ends before the horizon of replay records')
    }
    if (!(await options.claim(verdict.replayId, verdict.expiresAt))) {
      return refuse(login, 'replayed_assertion', 'the jti was used before')
    }
    const used = keyUsed(account, header['kid'])
    if (used) login.credential = used
  }
}
