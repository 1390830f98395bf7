import type { Kind, Records } from '../domain/records.ts'
import type { ListQuery, Store } from '../domain/store.ts'
import type { Directory } from './directory.ts'

/** A page of a list by the ids that are known here; only its records are read from the store. */
async function listKnown<K extends Kind>(
  store: Store,
  kind: K,
  ids: readonly string[],
): Promise<readonly Records[K][]> {
  const found = new Map((await store.getMany(kind, ids)).map((record) => [record.id, record]))
  return ids.flatMap((id) => {
    const record = found.get(id)
    return record?.live ? [record] : []
  })
}

/**
 * A store that a process knows: its own writes are in the directory before the caller hears of them,
 * and lists and counts are answered from there, after the log was read to its end: so they show every
 * acknowledged write, and no server has to sort anything.
 */
export function knownStore(store: Store, directory: Directory): Store {
  return {
    ...store,
    async commit(kind, record, event) {
      await store.commit(kind, record, event)
      directory.putOwn(kind, record, event.id)
    },
    async list<K extends Kind>(kind: K, query: ListQuery) {
      const listing = directory.listing(kind)
      const { scope, after = '', offset = 0, limit } = query
      if (!listing || scope === undefined) return await store.list(kind, query)
      await directory.catchUp()
      return await listKnown(store, kind, listing.ids(scope).page(after, offset, limit))
    },
    async count(kind, scope) {
      const listing = directory.listing(kind)
      if (!listing || scope === undefined) return await store.count(kind, scope)
      await directory.catchUp()
      return listing.ids(scope).size
    },
  }
}
