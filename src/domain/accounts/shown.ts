import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { slicesOf } from '../lists/page.ts'
import { Recent } from '../recent.ts'
import type { Account } from './account.ts'
import type { Listed } from './lists.ts'

/** So many records are read and checked in one turn: about two milliseconds on an embedded store. */
const atOnce = 100

/** So many accounts are kept as they were last shown: pages that are looked at again ask the store nothing. */
const mostKept = 2000

/** Whether so many accounts are kept: of a longer list the first would be gone before they are shown again. */
export function areKept(listed: readonly unknown[]): boolean {
  return listed.length <= mostKept
}

type Reading = Pick<Context, 'store' | 'known'>

const recent = new WeakMap<Known, Recent<string, Account>>()

function recentOf(known: Known): Recent<string, Account> {
  const kept = recent.get(known) ?? new Recent<string, Account>(mostKept)
  recent.set(known, kept)
  return kept
}

/** The records of some accounts by id: those that are not kept as of the version that is known are read. */
async function recordsOf(
  { store, known }: Reading,
  some: readonly Listed[],
  keeps: boolean,
): Promise<ReadonlyMap<string, Account>> {
  const kept = recentOf(known)
  const found = new Map<string, Account>()
  for (const { id, version } of some) {
    const account = kept.get(id)
    if (account && account.version >= version) found.set(id, account)
  }
  const missing = some.flatMap(({ id }) => (found.has(id) ? [] : [id]))
  if (missing.length === 0) return found
  for (const account of await store.getMany('account', missing)) {
    if (keeps) kept.set(account.id, account)
    found.set(account.id, account)
  }
  return found
}

/** Those of some accounts that are still there, in this order; `keeps` says whether they are kept for the next reader. */
export async function shown(
  reading: Reading,
  some: readonly Listed[],
  keeps: boolean,
): Promise<readonly Account[]> {
  const byId = await recordsOf(reading, some, keeps)
  return some.flatMap(({ id }) => byId.get(id) ?? []).filter(({ live }) => live)
}

/** The same of a whole list, some in each turn. */
export async function allShown(
  reading: Reading,
  listed: readonly Listed[],
): Promise<readonly Account[]> {
  const accounts: Account[] = []
  for await (const some of slicesOf(reading, listed, atOnce)) {
    accounts.push(...(await shown(reading, some, areKept(listed))))
  }
  return accounts
}
