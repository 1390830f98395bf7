import type { Collection } from 'mongodb'
import { kinds } from '../../domain/records.ts'
import type { Store } from '../../domain/store.ts'
import { sweepBatch } from '../batches.ts'
import type { Connection } from './connection.ts'
import type { Collections, RecordDocument } from './documents.ts'
import { retried } from './retry.ts'

/** Removes what is over, one bounded batch at a time. */
export function sweeper({ collections, bound }: Connection): Pick<Store, 'sweep'> {
  return {
    sweep: (now) =>
      bound(async () => {
        const counts = [await forgetReservations(collections, now)]
        for (const kind of kinds) counts.push(await purge(collections.records(kind), now))
        const removed = counts.reduce((sum, count) => sum + count)
        return { removed, more: counts.some((count) => count === sweepBatch) }
      }),
  }
}

/** The horizon is stored before the first reservation goes: a crash in between forgets nothing unsaid. */
async function forgetReservations(
  { reservations, meta }: Collections,
  now: number,
): Promise<number> {
  const over = { expiresAt: { $lt: now } }
  const found = await reservations
    .find(over, { projection: { expiresAt: 1 }, sort: { expiresAt: 1 } })
    .limit(sweepBatch)
    .toArray()
  const last = found.at(-1)
  if (!last) return 0
  // Past what is forgotten and no further: a clock that is ahead must not shut out the future.
  const horizon = { $max: { value: last.expiresAt + 1 } }
  await retried(() => meta.updateOne({ _id: 'claim_horizon' }, horizon))
  const ids = found.map(({ _id }) => _id)
  await retried(() => reservations.deleteMany({ _id: { $in: ids }, ...over }))
  return found.length
}

/** A record whose event is not yet in the log stays until it is. */
async function purge(records: Collection<RecordDocument>, now: number): Promise<number> {
  const over = { purgeAfter: { $lte: now }, outbox: { $exists: false } }
  const found = await records
    .find(over, { projection: { _id: 1 }, sort: { purgeAfter: 1 } })
    .limit(sweepBatch)
    .toArray()
  if (found.length === 0) return 0
  const ids = found.map(({ _id }) => _id)
  await retried(() => records.deleteMany({ _id: { $in: ids }, ...over }))
  return found.length
}
