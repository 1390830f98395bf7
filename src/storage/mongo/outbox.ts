import type { Collection } from 'mongodb'
import type { NewEvent } from '../../domain/audit/event.ts'
import { type Kind, kinds } from '../../domain/records.ts'
import { sweepBatch } from '../batches.ts'
import { newEventFrom } from '../stored-event.ts'
import type { Collections, Outbox, RecordDocument } from './documents.ts'
import { gathering } from './gather.ts'
import type { Log } from './log.ts'
import { retried } from './retry.ts'

/** The outbox of a record that has just been written with this event. */
export function outboxOf(event: NewEvent): Outbox {
  return { id: event.id, event: JSON.stringify(event) }
}

/** Where records of one kind are written, and the log that their events go to. */
export interface Place {
  readonly records: Collection<RecordDocument>
  readonly log: Log
  /**
   * Brings the event of a record's outbox to the log, then empties the outbox. Anyone may do so,
   * any number of times: the log takes an event once.
   */
  deliver(record: Pick<RecordDocument, '_id' | 'outbox'>): Promise<void>
}

/** The place of each kind: always the same one. */
export type Places = (kind: Kind) => Place

/** Where the records of each kind are, and the log of their events. */
export function placesIn({ records }: Collections, log: Log): Places {
  const known = new Map<Kind, Place>()
  return (kind) => {
    const place = known.get(kind) ?? placeOf(records(kind), log)
    known.set(kind, place)
    return place
  }
}

function placeOf(records: Collection<RecordDocument>, log: Log): Place {
  const empty = gathering((batch: readonly Delivered[]) => emptyAll(records, batch))
  return {
    records,
    log,
    async deliver({ _id, outbox }) {
      if (!outbox) return
      await log.append(newEventFrom(outbox.event))
      await empty({ _id, outboxId: outbox.id })
    },
  }
}

interface Delivered {
  readonly _id: string
  readonly outboxId: string
}

/** Every event that is named here is in the log, so it does not matter which record has which. */
async function emptyAll(
  records: Collection<RecordDocument>,
  batch: readonly Delivered[],
): Promise<void> {
  const delivered = {
    _id: { $in: batch.map(({ _id }) => _id) },
    'outbox.id': { $in: batch.map(({ outboxId }) => outboxId) },
  }
  await retried(() => records.updateMany(delivered, { $unset: { outbox: '' } }))
}

/** Delivers what a crash left behind; runs about once a second, so it goes through an index. */
export async function deliverAll(places: Places): Promise<void> {
  for (const kind of kinds) {
    const { records, deliver } = places(kind)
    const left = await records
      .find({ 'outbox.id': { $gt: '' } }, { projection: { outbox: 1 } })
      .limit(sweepBatch)
      .toArray()
    await Promise.all(left.map((document) => deliver(document)))
  }
}
