import type { Connection } from './connection.ts'

/**
 * Returns what is told of each batch of writes: within `restMs` of the first one, what is in the WAL is
 * in the database file too, so that a copy of that file alone is whole. Readers are not waited for.
 */
export function checkpointer(db: Connection, restMs: number): () => void {
  let isPlanned = false
  const bringTogether = () => {
    isPlanned = false
    try {
      db.get('PRAGMA wal_checkpoint(PASSIVE)')
    } catch {
      // The next batch tells of a disk that fails.
    }
  }
  return () => {
    if (isPlanned) return
    isPlanned = true
    setTimeout(bringTogether, restMs).unref()
  }
}
