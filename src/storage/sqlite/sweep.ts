import type { Store } from '../../domain/store.ts'
import { sweepBatch } from '../batches.ts'
import type { Connection } from './connection.ts'
import type { Writer } from './writes.ts'

/** Removes what is over, one bounded batch at a time. */
export function sweeper(db: Connection, writer: Writer): Pick<Store, 'sweep'> {
  return {
    async sweep(now) {
      if (!isAnythingOver(db, now)) return { removed: 0, more: false }
      const [reservations, records] = await Promise.all([
        writer.write({ do: 'forget', now }),
        writer.write({ do: 'purge', now }),
      ])
      const more = reservations === sweepBatch || records === sweepBatch
      return { removed: reservations + records, more }
    },
  }
}

/** Looking costs no write: most sweeps find nothing. */
function isAnythingOver(db: Connection, now: number): boolean {
  const row = db.get(
    `SELECT EXISTS (SELECT 1 FROM claim WHERE expires_at < ?)
         OR EXISTS (SELECT 1 FROM record WHERE purge_after <= ?) AS found`,
    ...[now, now],
  )
  return row?.['found'] === 1
}

/** The horizon moves in the transaction that forgets: past what was forgotten, and no further. */
export function forgetReservations(db: Connection, now: number): number {
  const over = db.all(
    'SELECT id, expires_at FROM claim WHERE expires_at < ? ORDER BY expires_at LIMIT ?',
    ...[now, sweepBatch],
  )
  for (const { id } of over) db.run('DELETE FROM claim WHERE id = ?', String(id))
  const last = over.at(-1)
  if (last) {
    const horizon = "UPDATE meta SET value = max(value, ?) WHERE name = 'claim_horizon'"
    db.run(horizon, Number(last['expires_at']) + 1)
  }
  return over.length
}

/** Removes tombstones and revocations whose time is over. */
export function purgeRecords(db: Connection, now: number): number {
  const rows = db.all(
    'SELECT kind, id FROM record WHERE purge_after <= ? ORDER BY purge_after LIMIT ?',
    ...[now, sweepBatch],
  )
  for (const { kind, id } of rows) {
    const key = [String(kind), String(id)]
    db.run('DELETE FROM record_key WHERE kind = ? AND id = ?', ...key)
    db.run('DELETE FROM record WHERE kind = ? AND id = ?', ...key)
  }
  return rows.length
}
