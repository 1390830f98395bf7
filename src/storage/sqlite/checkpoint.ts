import type { Connection } from './connection.ts'

interface Checkpointer {
  /** Is told of each batch of writes. */
  written(): void
  /** Ends what is planned. */
  stop(): void
}

/**
 * Within `restMs` of the first batch of writes, what is in the WAL is in the database file too, so that a
 * copy of that file alone is whole. Readers are not waited for.
 */
export function checkpointer(db: Connection, restMs: number): Checkpointer {
  let planned: NodeJS.Timeout | undefined
  const bringTogether = () => {
    planned = undefined
    try {
      db.get('PRAGMA wal_checkpoint(PASSIVE)')
    } catch {
      // The next batch tells of a disk that fails.
    }
  }
  return {
    written() {
      planned ??= setTimeout(bringTogether, restMs).unref()
    },
    stop: () => clearTimeout(planned),
  }
}
