import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-json.ts'
import type { Connection } from './connection.ts'
import type { Write, Writer } from './writes.ts'

/** Ids that can be had once, until they are over. */
export function reservationStore(
  db: Connection,
  writer: Writer,
): Pick<Store, 'reserve' | 'reservationHorizon'> {
  return {
    async reserve(id, expiresAt) {
      const reservation = { id, expiresAt: wholeMilliseconds(expiresAt) }
      return (await writer.write({ do: 'reserve', ...reservation })) === 1
    },
    async reservationHorizon() {
      return Number(db.get("SELECT value FROM meta WHERE name = 'claim_horizon'")?.['value'])
    },
  }
}

type Reservation = Omit<Extract<Write, { readonly do: 'reserve' }>, 'do'>

/** 1 for the first, 0 for all others. */
export function reserve(db: Connection, { id, expiresAt }: Reservation): number {
  return db.run(
    'INSERT INTO claim (id, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
    ...[id, expiresAt],
  )
}
