import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'

interface Waiting {
  readonly id: string
  readonly expiresAt: number
  readonly resolve: (isFirst: boolean) => void
  readonly reject: (error: unknown) => void
}

/** One transaction, so one fsync, serves all reservations that arrive in one turn of the event loop. */
export function reservationStore(db: Connection): Pick<Store, 'reserve' | 'reservationHorizon'> {
  let waiting: Waiting[] = []

  function flush(): void {
    const batch = waiting
    waiting = []
    try {
      const results = db.write(() => batch.map((one) => insert(db, one)))
      for (const [row, { resolve }] of batch.entries()) resolve(results[row] === true)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    reserve: (id, expiresAt) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({ id, expiresAt, resolve, reject })
      }),
    async reservationHorizon() {
      return Number(db.get("SELECT value FROM meta WHERE name = 'claim_horizon'")?.['value'])
    },
  }
}

function insert(db: Connection, { id, expiresAt }: Waiting): boolean {
  const sql = 'INSERT INTO claim (id, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING'
  return db.run(sql, id, wholeMilliseconds(expiresAt)) === 1
}
