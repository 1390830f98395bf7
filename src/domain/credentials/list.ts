import { type AccountTarget, accountAt } from '../accounts/change.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type Credential, isUsable } from './credential.ts'

/** A credential, and whether it is still in use. */
export interface ListedCredential {
  readonly credential: Credential
  /** Milliseconds; absent when it was never used. */
  readonly lastUsedAt?: number
  readonly isUsable: boolean
}

/** Lists what an account can log in with, and which of it is still in use. */
export async function listCredentials(
  ctx: Context,
  target: AccountTarget,
): Promise<readonly ListedCredential[]> {
  const { record } = await findFor(ctx, accountAt(target), 'credential.list')
  const { credentials } = record
  const uses = await ctx.store.uses(credentials.map(({ id }) => id))
  return credentials.map((credential) => {
    const lastUsedAt = uses.get(credential.id)
    return {
      credential,
      isUsable: isUsable(credential, ctx.now()),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
    }
  })
}
