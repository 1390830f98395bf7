import type { Store } from '../../domain/store.ts'

/** More than a start writes before its first account: keys that the store itself keeps. */
const mostBefore = 50
const ofStarts = /^(signing_key|installation)\./

/** Whether no account was ever made in this store, not even one that was deleted since. */
export async function isUnused(store: Pick<Store, 'scan' | 'events'>): Promise<boolean> {
  if ((await store.scan('account', { after: '', limit: 1 })).length > 0) return false
  const events = await store.events({ limit: mostBefore + 1 })
  return events.length <= mostBefore && events.every(({ action }) => ofStarts.test(action))
}
