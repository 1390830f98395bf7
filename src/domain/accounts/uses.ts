import type { Context } from '../context.ts'
import type { Use } from '../store.ts'
import type { KnownAccount } from './account.ts'

/** What of an account tells under what its logins are noted. */
export type Used = Pick<KnownAccount, 'id' | 'jwksUri'> & {
  readonly credentials: readonly Pick<KnownAccount['credentials'][number], 'id'>[]
}

/** Under what the logins of an account are noted: keys that are published elsewhere have no id here. */
export function useIdsOf({ id, jwksUri, credentials }: Used): readonly string[] {
  const own = credentials.map((credential) => credential.id)
  return jwksUri === undefined ? own : [...own, id]
}

/** The latest use of an account with what it still has; undefined when there was none. */
export function lastUseIn(uses: ReadonlyMap<string, Use>, account: Used): Use | undefined {
  const own = useIdsOf(account).flatMap((id) => uses.get(id) ?? [])
  return own.toSorted((one, other) => other.at - one.at)[0]
}

/** So many uses are read in one turn. */
const atOnce = 500

/** The last uses of all that some accounts log in with, a part in each turn. */
export async function usesOf(
  { store, known }: Pick<Context, 'store' | 'known'>,
  accounts: readonly Used[],
): Promise<ReadonlyMap<string, Use>> {
  const ids = accounts.flatMap(useIdsOf)
  const found = new Map<string, Use>()
  for (let from = 0; from < ids.length; from += atOnce) {
    if (from > 0) await known.nextTurn()
    for (const [id, use] of await store.uses(ids.slice(from, from + atOnce))) found.set(id, use)
  }
  return found
}
