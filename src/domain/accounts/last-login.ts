import type { Context } from '../context.ts'
import type { Account } from './account.ts'

/** When each of some accounts last logged in with a credential that it still has (ms by client id). */
export async function lastLogins(
  { store }: Context,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, number>> {
  const uses = await store.uses(
    accounts.flatMap(({ credentials }) => credentials.map(({ id }) => id)),
  )
  const last = accounts.map(({ clientId, credentials }) => {
    return [clientId, Math.max(0, ...credentials.map(({ id }) => uses.get(id) ?? 0))] as const
  })
  return new Map(last.filter(([, at]) => at > 0))
}
