import { type Account, withTokensEnded } from '../accounts/account.ts'
import { type AccountTarget, changeAccount } from '../accounts/change.ts'
import type { Context } from '../context.ts'
import type { Id } from '../ids.ts'
import { Problem } from '../problem.ts'

/** How many deleted credentials an account tells apart: what logins know of it stays small. */
const mostEnded = 20

/** The account with the tokens of one credential ended; with all of them, where it has no room left. */
function withEnded(account: Account, id: Id<'credential'>): Account {
  const { endedCredentials: ended = [] } = account
  if (ended.length >= mostEnded) return withTokensEnded(account)
  return { ...account, endedCredentials: [...ended, id] }
}

/** Deletes a credential, and ends the access tokens that were issued for it. */
export async function deleteCredential(
  ctx: Context,
  target: AccountTarget,
  id: Id<'credential'> | undefined,
): Promise<void> {
  await changeAccount(ctx, target, {
    action: 'credential.delete',
    decide: (before) => {
      const deleted = before.credentials.find((credential) => credential.id === id)
      if (!deleted) throw new Problem('credential.not_found', {})
      const credentials = before.credentials.filter((credential) => credential !== deleted)
      return { after: withEnded({ ...before, credentials }, deleted.id), result: undefined }
    },
  })
}
