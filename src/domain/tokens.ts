import { type Account, isActive } from './account.ts'
import { actorRef, type Context } from './context.ts'
import { madeAt } from './ids.ts'
import { isProblem } from './problem.ts'
import { fingerprint } from './secret.ts'
import type { Versioned } from './store.ts'

/** The record of one revoked access token; its id is a digest of the token's `jti`. */
export interface Revocation extends Versioned {
  readonly clientId: string
}

export interface AccessToken {
  readonly jti: string
  readonly clientId: string
  /** Milliseconds. */
  readonly expiresAt: number
}

/** A revocation outlives its token: a clock that jumps ahead and back must not revive it. */
const keptMs = 24 * 3600 * 1000

function revocationId(jti: string): string {
  return fingerprint('revocation', jti)
}

export type TokenVerdict =
  | { readonly ok: true; readonly account: Account }
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
  account: Account | undefined,
  isRevoked: (id: string) => boolean,
): TokenVerdict {
  if (!account?.live) return { ok: false, why: 'account_gone' }
  if (!isActive(account)) return { ok: false, why: 'account_disabled' }
  if (!(madeAt(token.jti) > account.tokensNotBefore)) return { ok: false, why: 'epoch' }
  if (isRevoked(revocationId(token.jti))) return { ok: false, why: 'revoked' }
  return { ok: true, account }
}

/** Revokes one access token for as long as it would have lived (RFC 7009). Twice is once. */
export async function revokeToken(
  ctx: Context,
  token: AccessToken,
  account: Account,
): Promise<void> {
  const id = revocationId(token.jti)
  const record = {
    id,
    version: 1,
    live: true,
    clientId: token.clientId,
    purgeAfter: token.expiresAt + keptMs,
  }
  try {
    await ctx.store.commit('revocation', record, {
      id: `${id}:1`,
      at: ctx.now(),
      action: 'token.revoke',
      actor: actorRef(ctx.actor),
      target: { kind: 'service_account', id: account.clientId, name: account.name },
      requestId: ctx.requestId,
      record: { kind: 'revocation', id },
      after: { jti: token.jti },
    })
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}
