import { randomUUID } from 'node:crypto'
import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'
import type { Collections, ReservationDocument } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { retried } from './retry.ts'

/** Ids that can be had once, until they are over. */
export function reservationStore({
  collections,
  bound,
}: Connection): Pick<Store, 'reserve' | 'reservationHorizon'> {
  return {
    reserve: (id, expiresAt) =>
      bound(() => {
        const holder = randomUUID()
        const reservation = { _id: id, expiresAt: wholeMilliseconds(expiresAt), holder }
        return retried((attempt) => insert(collections, reservation, attempt > 1))
      }),
    reservationHorizon: () =>
      bound(async () => {
        return (await collections.meta.findOne({ _id: 'claim_horizon' }))?.value ?? 0
      }),
  }
}

/** True when the reservation is ours: an insert that is tried again may find what the first try wrote. */
async function insert(
  { reservations }: Collections,
  reservation: ReservationDocument,
  mayBeThere: boolean,
): Promise<boolean> {
  try {
    return (await reservations.insertOne(reservation)).acknowledged
  } catch (error) {
    if (!isDuplicate(error)) throw error
    return (
      mayBeThere &&
      (await reservations.findOne({ _id: reservation._id }))?.holder === reservation.holder
    )
  }
}
