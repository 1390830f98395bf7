import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Account } from './account.ts'
import { type AccountTarget, changeAccount } from './change.ts'
import { type AccountState, movesFrom } from './states.ts'
import { patched } from './update.ts'

/**
 * Moves an account to another state, by the rules of the console's own engine: one that is deleted
 * there is kept, cannot log in, and may come back. Fails with `account.wrong_move`.
 */
export async function moveAccount(
  ctx: Context,
  target: AccountTarget,
  to: AccountState,
): Promise<Account> {
  const { account } = await changeAccount(ctx, target, {
    action: 'account.update',
    decide: (before) => {
      const { state: from } = before
      if (movesFrom[from].includes(to)) return { after: patched(before, { state: to }), result: 0 }
      throw new Problem('account.wrong_move', { from, to, asked: 'move' })
    },
  })
  return account
}
