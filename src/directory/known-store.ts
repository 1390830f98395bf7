import type { Store } from '../domain/store.ts'
import type { Directory } from './directory.ts'

/**
 * A store that a process knows: its own writes are in the directory before the caller hears of them.
 */
export function knownStore(store: Store, directory: Directory): Store {
  return {
    ...store,
    async commit(kind, record, event) {
      await store.commit(kind, record, event)
      directory.putOwn(kind, record, event.id)
    },
  }
}
