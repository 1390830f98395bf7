import { type AccountTarget, changeAccount } from '../accounts/change.ts'
import type { Context } from '../context.ts'
import type { Id } from '../ids.ts'
import { Problem } from '../problem.ts'

/** Deletes a credential; what was issued for it lives on to its own end. */
export async function deleteCredential(
  ctx: Context,
  target: AccountTarget,
  id: Id<'credential'> | undefined,
): Promise<void> {
  await changeAccount(ctx, target, {
    action: 'credential.delete',
    decide: (before) => {
      const credentials = before.credentials.filter((credential) => credential.id !== id)
      if (credentials.length === before.credentials.length) {
        throw new Problem('credential.not_found', {})
      }
      return { after: { ...before, credentials }, result: undefined }
    },
  })
}
