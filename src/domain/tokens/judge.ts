import { isActive, type KnownAccount } from '../accounts/account.ts'
import { timeOf } from '../ids.ts'
import { revocationId } from './revocation.ts'
import type { AccessToken } from './revoke.ts'

/** The account of a token that stands, or why it does not. */
export type TokenVerdict =
  | { readonly ok: true; readonly account: KnownAccount }
  | {
      readonly ok: false
      readonly why: 'account_gone' | 'account_disabled' | 'revoked' | 'epoch'
    }

/**
 * Whether a token with a good signature still stands. A `jti` tells the millisecond in which it was
 * made, so that an epoch of the account ends exactly the tokens that were issued before it.
 */
export function judgeToken(
  token: AccessToken,
  account: KnownAccount | undefined,
  isRevoked: (id: string) => boolean,
): TokenVerdict {
  if (!account?.live) return { ok: false, why: 'account_gone' }
  if (!isActive(account)) return { ok: false, why: 'account_disabled' }
  if (!(timeOf(token.jti) > account.tokensNotBefore)) return { ok: false, why: 'epoch' }
  if (isRevoked(revocationId(token.jti))) return { ok: false, why: 'revoked' }
  return { ok: true, account }
}
