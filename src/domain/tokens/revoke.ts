import type { Account } from '../accounts/account.ts'
import { actorRef, type Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { revocationId } from './revocation.ts'

export interface AccessToken {
  readonly jti: string
  readonly clientId: string
  /** Milliseconds. */
  readonly expiresAt: number
}

/** A revocation outlives its token: a clock that jumps ahead and back must not revive it. */
const keptMs = 24 * 3600 * 1000

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
