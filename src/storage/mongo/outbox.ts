import { type Collection, type Document, MongoServerError } from 'mongodb'
import type { NewEvent } from '../../domain/audit/event.ts'
import { type Kind, kinds } from '../../domain/records.ts'
import { sweepBatch } from '../batches.ts'
import { newEventFrom } from '../stored-event.ts'
import type { Collections, Outbox, RecordDocument } from './documents.ts'
import { isTransient } from './errors.ts'
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

/** What a crash left in an outbox, and where. */
interface Left extends Pick<RecordDocument, '_id' | 'outbox'> {
  readonly kind: Kind
}

/** Goes through an index. */
const leftOf = (kind: Kind): Document[] => [
  { $match: { 'outbox.id': { $gt: '' } } },
  { $limit: sweepBatch },
  { $project: { outbox: 1, kind: { $literal: kind } } },
]

async function leftAlone(places: Places, kind: Kind): Promise<readonly Left[]> {
  return await places(kind).records.aggregate<Left>(leftOf(kind)).toArray()
}

/** One question about all kinds: one for each is five times as much for the server, and nine times for us. */
async function leftTogether(places: Places): Promise<readonly Left[]> {
  const [first, ...others] = kinds
  if (first === undefined) return []
  const unions = others.map((coll) => ({ $unionWith: { coll, pipeline: leftOf(coll) } }))
  const pipeline = [...leftOf(first), ...unions, { $limit: sweepBatch }]
  return await places(first).records.aggregate<Left>(pipeline).toArray()
}

async function deliverAll(places: Places, left: readonly Left[]): Promise<void> {
  await Promise.all(left.map(({ kind, ...document }) => places(kind).deliver(document)))
}

/** A refusal may have had another reason than that a server knows no unions. */
const roundsUntilAskedAgain = 60

/**
 * What delivers, a batch at a time, what crashes left behind; it runs about once a second. A server that
 * refuses to answer for all kinds at once, as some do that are compatible with MongoDB, is asked for each.
 */
export function settling(places: Places): () => Promise<void> {
  let roundsApart = 0
  const together = async () => {
    try {
      return await leftTogether(places)
    } catch (error) {
      if (!(error instanceof MongoServerError) || isTransient(error)) throw error
      roundsApart = roundsUntilAskedAgain
      return undefined
    }
  }
  return async () => {
    const left = roundsApart === 0 ? await together() : undefined
    if (left) return await deliverAll(places, left)
    roundsApart -= 1
    for (const kind of kinds) await deliverAll(places, await leftAlone(places, kind))
  }
}
