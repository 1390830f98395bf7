import { isActive, type KnownAccount } from '../accounts/account.ts'
import { timeOf } from '../ids.ts'
import { revocationId } from './revocation.ts'
import type { AccessToken } from './revoke.ts'

/** The account of a token that stands, or why it does not. */
export type TokenVerdict =
  | { readonly ok: true; readonly account: KnownAccount }
  | {
      readonly ok: false
      readonly why:
        | 'account_gone'
        | 'account_disabled'
        | 'credential_deleted'
        | 'revoked'
        | 'epoch'
        | 'token_gone'
        | 'token_replaced'
    }

/** Whether a token was issued before what ended the tokens of its account. */
function isEnded({ jti, generation = 0 }: AccessToken, account: KnownAccount): boolean {
  if (generation < account.generation) return true
  // A jti tells the millisecond in which it was made: one that does not is none of ours. The first
  // release revoked by that moment.
  const { tokensNotBefore = Number.NEGATIVE_INFINITY } = account
  return !(timeOf(jti) > tokensNotBefore)
}

function isOfDeleted({ credentialId }: AccessToken, account: KnownAccount): boolean {
  return account.endedCredentials?.some((id) => id === credentialId) === true
}

/** Whether a token with a good signature still stands. */
export function judgeToken(
  token: AccessToken,
  account: KnownAccount | undefined,
  isRevoked: (id: string) => boolean,
): TokenVerdict {
  if (!account?.live) return { ok: false, why: 'account_gone' }
  if (!isActive(account)) return { ok: false, why: 'account_disabled' }
  if (isEnded(token, account)) return { ok: false, why: 'epoch' }
  if (isOfDeleted(token, account)) return { ok: false, why: 'credential_deleted' }
  if (isRevoked(revocationId(token.jti))) return { ok: false, why: 'revoked' }
  return { ok: true, account }
}
