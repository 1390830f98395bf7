import type { Collection } from 'mongodb'
import type { NewEvent } from '../../domain/audit/event.ts'
import { kinds } from '../../domain/records.ts'
import { newEventFrom, sweepBatch } from '../stored-record.ts'
import type { Collections, Outbox, RecordDocument } from './documents.ts'
import type { Log } from './log.ts'
import { retried } from './retry.ts'

export function outboxOf(event: NewEvent): Outbox {
  return { id: event.id, event: JSON.stringify(event) }
}

/**
 * Brings the event of a record's outbox to the log, then empties the outbox. Anyone may do so, any
 * number of times: the log takes an event once.
 */
export async function deliver(
  log: Log,
  records: Collection<RecordDocument>,
  { _id, outbox }: Pick<RecordDocument, '_id' | 'outbox'>,
): Promise<void> {
  if (!outbox) return
  await log.append(newEventFrom(outbox.event))
  await retried(() =>
    records.updateOne({ _id, 'outbox.id': outbox.id }, { $unset: { outbox: '' } }),
  )
}

/** Delivers what a crash left behind; runs about once a second, so it goes through an index. */
export async function deliverAll(log: Log, collections: Collections): Promise<void> {
  for (const kind of kinds) {
    const records = collections.records(kind)
    const left = await records
      .find({ 'outbox.id': { $gt: '' } }, { projection: { outbox: 1 } })
      .limit(sweepBatch)
      .toArray()
    for (const document of left) await deliver(log, records, document)
  }
}
