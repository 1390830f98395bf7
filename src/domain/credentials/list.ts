import { type AccountTarget, accountAt } from '../accounts/change.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import type { Use } from '../store.ts'
import { type Credential, isUsable } from './credential.ts'

/** A credential, and whether it is still in use. */
export interface ListedCredential {
  readonly credential: Credential
  /** Absent when it was never used. */
  readonly lastUse?: Use
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
    const lastUse = uses.get(credential.id)
    return {
      credential,
      isUsable: isUsable(credential, ctx.now()),
      ...(lastUse && { lastUse }),
    }
  })
}
