import type { KnownAccount } from '../accounts/account.ts'
import { insert } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { revocationId } from './revocation.ts'

/** What identifies an access token of ours. */
export interface AccessToken {
  readonly jti: string
  readonly clientId: string
  /** Of its account when it was issued; absent: 0. */
  readonly generation?: number
  /** Absent: of a key that its account publishes, or from before tokens named their credential. */
  readonly credentialId?: string | undefined
  /** Milliseconds. */
  readonly expiresAt: number
}

/** A revocation outlives its token: a clock that jumps ahead and back must not revive it. */
const keptMs = 24 * 3600 * 1000

/** Revokes one of the actor's own tokens for as long as it would have lived (RFC 7009). Twice is once. */
export async function revokeToken(
  ctx: Context,
  { jti, clientId, expiresAt }: AccessToken,
  { owner, name }: KnownAccount,
): Promise<void> {
  const record = {
    id: revocationId(jti),
    version: 1,
    live: true,
    clientId,
    owner,
    name,
    jti,
    purgeAfter: expiresAt + keptMs,
  }
  try {
    await insert(ctx, 'revocation', { action: 'token.revoke', record })
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}
