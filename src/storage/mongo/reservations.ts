import { randomUUID } from 'node:crypto'
import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-json.ts'
import type { Connection } from './connection.ts'
import type { Collections, ReservationDocument } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { gathering } from './gather.ts'
import { again, retried } from './retry.ts'

/** Ids that can be had once, until they are over. Those asked for at the same moment go together. */
export function reservationStore({
  collections,
  bound,
}: Connection): Pick<Store, 'reserve' | 'reservationHorizon'> {
  /** Holders of reservations that others were faster to make. */
  const late = new Set<string>()
  const insert = gathering<ReservationDocument>(async (batch) => {
    for (const { holder } of await losers(collections, batch)) late.add(holder)
  })
  return {
    reserve: (id, expiresAt) =>
      bound(async () => {
        const holder = randomUUID()
        // As the server keeps it: halves of surrogate pairs come back as something else.
        const _id = id.toWellFormed()
        await insert({ _id, expiresAt: wholeMilliseconds(expiresAt), holder })
        return !late.delete(holder)
      }),
    reservationHorizon: () =>
      bound(async () => {
        return (await collections.meta.findOne({ _id: 'claim_horizon' }))?.value ?? 0
      }),
  }
}

/**
 * Inserts reservations, and answers those whose ids others hold. Where one is there already, each is
 * looked at: it may be ours, by an earlier try, and a server may have left out what came after it.
 */
async function losers(
  { reservations }: Collections,
  batch: readonly ReservationDocument[],
): Promise<readonly ReservationDocument[]> {
  return await retried(async () => {
    try {
      await reservations.insertMany([...batch], { ordered: false })
      return []
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
    const found = await reservations.find({ _id: { $in: batch.map(({ _id }) => _id) } }).toArray()
    const holders = new Map(found.map(({ _id, holder }) => [_id, holder]))
    if (batch.some(({ _id }) => !holders.has(_id))) return again
    return batch.filter(({ _id, holder }) => holders.get(_id) !== holder)
  })
}
