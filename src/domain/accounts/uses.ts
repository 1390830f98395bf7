import type { Context } from '../context.ts'
import type { Turning } from '../lists/page.ts'
import type { Store, Use } from '../store.ts'
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

/** Whether two uses are of one moment and one address. */
export function isSameUse(one: Use | undefined, other: Use | undefined): boolean {
  return one?.at === other?.at && one?.from === other?.from
}

/** So many uses are read in one turn. */
const atOnce = 500

/** The last uses of some ids, a part in each turn: `ids` are asked for as they are read. */
export async function usesById(
  { store, known }: Turning & { readonly store: Pick<Store, 'uses'> },
  ids: Iterable<readonly string[]>,
): Promise<ReadonlyMap<string, Use>> {
  const found = new Map<string, Use>()
  const read = async (some: readonly string[]) => {
    for (const [id, use] of await store.uses(some)) found.set(id, use)
  }
  let some: string[] = []
  for (const more of ids) {
    some.push(...more)
    if (some.length < atOnce) continue
    await read(some)
    some = []
    await known.nextTurn()
  }
  if (some.length > 0) await read(some)
  return found
}

function* useIdsOfEach(accounts: readonly Used[]) {
  for (const account of accounts) yield useIdsOf(account)
}

/** The last uses of all that some accounts log in with. */
export async function usesOf(
  reading: Pick<Context, 'store' | 'known'>,
  accounts: readonly Used[],
): Promise<ReadonlyMap<string, Use>> {
  return await usesById(reading, useIdsOfEach(accounts))
}
