import type { KnownAccount } from '../accounts/account.ts'
import { insert } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { type Revocation, revocationId } from './revocation.ts'
import { keptAfterEndMs } from './token.ts'

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

/** A value that ended before its time, and what the log says of that. */
export interface Ended extends Pick<Revocation, 'clientId' | 'owner' | 'name' | 'status'> {
  readonly action: 'token.revoke' | 'token.retire'
  readonly jti: string
  /** Milliseconds: when it would have ended. */
  readonly expiresAt: number
}

/** Remembers that a value is revoked for as long as it would have lived. Twice is once. */
export async function rememberEnded(ctx: Context, ended: Ended): Promise<void> {
  const { action, expiresAt, ...facts } = ended
  const record = {
    id: revocationId(ended.jti),
    version: 1,
    live: true,
    ...facts,
    purgeAfter: expiresAt + keptAfterEndMs,
  }
  try {
    await insert(ctx, 'revocation', { action, record })
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}

/** Revokes one of the actor's own tokens for as long as it would have lived (RFC 7009). Twice is once. */
export async function revokeToken(
  ctx: Context,
  { jti, clientId, expiresAt }: AccessToken,
  { owner, name }: KnownAccount,
): Promise<void> {
  await rememberEnded(ctx, { action: 'token.revoke', jti, clientId, owner, name, expiresAt })
}
