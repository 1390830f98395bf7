import { isPermitted } from '../access/may-see.ts'
import { type AccountTarget, accountAt } from '../accounts/change.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Use } from '../store.ts'
import { type Credential, isUsable } from './credential.ts'

/** A credential, and whether it is still in use. */
export interface ListedCredential {
  readonly credential: Credential
  /** Absent when it was never used; its address is for whoever may manage the account. */
  readonly lastUse?: Use
  /** The pepper that a secret cannot be checked without, for whoever may manage the account. */
  readonly pepperId?: string
  readonly isUsable: boolean
}

/** Lists what an account can log in with, and which of it is still in use. */
export async function listCredentials(
  ctx: Context,
  target: AccountTarget,
): Promise<readonly ListedCredential[]> {
  const account = accountAt(target)
  const { record, rights } = await findFor(ctx, account, 'credential.list')
  const { credentials } = record
  const isInspector = isPermitted(ctx, rights, { action: 'credential.inspect', on: account.on })
  const uses = await ctx.store.uses(credentials.map(({ id }) => id))
  return credentials.map((credential) => {
    const lastUse = uses.get(credential.id)
    return {
      credential,
      isUsable: isUsable(credential, ctx.now()),
      ...(lastUse && { lastUse: isInspector ? lastUse : { at: lastUse.at } }),
      ...(isInspector && credential.kind === 'secret' && { pepperId: credential.digest.pepper }),
    }
  })
}

/** Some of what an account can log in with, by its name or its age. */
export async function credentialsPage(
  ctx: Context,
  target: AccountTarget,
  asked: ListAsked,
): Promise<ListPage<ListedCredential>> {
  const some = slicesOf(ctx, await listCredentials(ctx, target))
  const of = ['credentials', target.clientId]
  return await pageOf(ctx, { of, some, row: ({ credential }) => credential }, asked)
}
