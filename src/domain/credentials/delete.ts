import { type ChangeTarget, changeAccount } from '../accounts/change.ts'
import type { Context } from '../context.ts'
import type { Id } from '../ids.ts'
import { Problem } from '../problem.ts'

export async function deleteCredential(
  ctx: Context,
  target: ChangeTarget,
  id: Id<'credential'> | undefined,
): Promise<void> {
  await changeAccount(ctx, target, (before) => {
    const credentials = before.credentials.filter((credential) => credential.id !== id)
    if (credentials.length === before.credentials.length) {
      throw new Problem('credential.not_found', 'This account has no credential with this id')
    }
    return { action: 'credential.delete', after: { ...before, credentials }, result: undefined }
  })
}
