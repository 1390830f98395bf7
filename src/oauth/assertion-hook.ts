import { createPublicKey } from 'node:crypto'
import { compactVerify } from 'jose'
import { type Configuration, errors } from 'oidc-provider'
import { type Account, isActive } from '../domain/accounts/account.ts'
import type { RefusalReason } from '../domain/credentials/check-secret.ts'
import { isUsable, type KeyCredential } from '../domain/credentials/credential.ts'
import { judgeAssertion } from './assertions.ts'
import { type Login, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'

type AssertionHook = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>

function refuse(login: Login, why: RefusalReason, detail: string): never {
  login.why = why
  login.detail = detail
  throw new errors.InvalidClientAuth(detail)
}

async function isSignedBy({ key }: KeyCredential, assertion: string): Promise<boolean> {
  try {
    await compactVerify(assertion, createPublicKey({ key: { ...key }, format: 'jwk' }))
    return true
  } catch {
    return false
  }
}

/**
 * The key that signed an assertion whose signature is good: the one it names, or the one that it
 * must have been. What it ends with depends on it, and when it was last used.
 */
async function keyUsed(
  account: Account,
  { kid, assertion }: { readonly kid: unknown; readonly assertion: string },
  now: number,
) {
  const keys = account.credentials
    .filter((credential) => credential.kind === 'key')
    .filter((credential) => isUsable(credential, now))
  const named = keys.find(({ key }) => key.kid === kid)
  if (named || keys.length < 2) return named ?? keys[0]
  for (const candidate of keys) if (await isSignedBy(candidate, assertion)) return candidate
  return undefined
}

/** RFC 7523 §3: a jti is spent once, so losing the race is a refusal, not a retry. */
export function assertionHook(options: OAuthOptions): AssertionHook {
  return async (ctx, claims, header) => {
    const { login, account } = requireLogin(ctx)
    const nowSeconds = Math.floor(options.lookups.now() / 1000)
    const verdict = judgeAssertion({ claims, header }, options.rules, nowSeconds)
    if (!verdict.ok) return refuse(login, 'bad_assertion', verdict.why)
    if (!isActive(account)) return refuse(login, 'account_disabled', 'the account is disabled')
    if (verdict.expiresAt < options.reservationHorizon()) {
      return refuse(login, 'replayed_assertion', 'it ends before the horizon of replay records')
    }
    if (!(await options.reserve(verdict.replayId, verdict.expiresAt))) {
      return refuse(login, 'replayed_assertion', 'the jti was used before')
    }
    const assertion = String(ctx.oidc.params?.['client_assertion'])
    const used = await keyUsed(account, { kid: header['kid'], assertion }, options.lookups.now())
    if (used) login.credential = used
  }
}
