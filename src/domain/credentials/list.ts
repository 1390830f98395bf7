import { readAccount } from '../accounts/read.ts'
import type { Context } from '../context.ts'
import { type Credential, isUsable } from './credential.ts'

export interface ListedCredential {
  readonly credential: Credential
  /** Milliseconds; absent when it was never used. */
  readonly lastUsedAt?: number
  readonly isUsable: boolean
}

/** Lists what an account can log in with, and which of it is still in use. */
export async function listCredentials(
  ctx: Context,
  clientId: string,
): Promise<readonly ListedCredential[]> {
  const { credentials } = await readAccount(ctx, clientId)
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
