import type { NewEvent } from '../../domain/audit/event.ts'
import { conflict, taken } from '../faults.ts'
import { isSameEvent, newEventFrom, plainEvent } from '../stored-event.ts'
import type { StoredRecord } from '../stored-record.ts'
import type { Outbox, RecordDocument } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { outboxOf, type Place } from './outbox.ts'
import { again, retried } from './retry.ts'

interface Written extends RecordDocument {
  readonly outbox: Outbox
}

/**
 * Writes record and event in one document, then brings the event to the log. A record is only
 * replaced when its outbox is empty, so its events stand in the log in the order of its versions.
 */
export async function commitTo(place: Place, stored: StoredRecord, event: NewEvent): Promise<void> {
  const document = documentOf(stored, plainEvent(event))
  await retried(async () => {
    if (await isWritten(place, document)) return
    return await afterClash(place, document)
  })
  await place.deliver(document)
}

function documentOf({ id, scope, purgeAfter, ...stored }: StoredRecord, event: NewEvent): Written {
  const document = { _id: id, within: scope, ...stored, outbox: outboxOf(event) }
  return purgeAfter === undefined ? document : { ...document, purgeAfter }
}

async function isWritten({ records }: Place, document: Written): Promise<boolean> {
  try {
    if (document.version === 1) return (await records.insertOne(document)).acknowledged
    const { _id, version } = document
    const former = { _id, version: version - 1, outbox: { $exists: false } }
    return (await records.replaceOne(former, document)).matchedCount === 1
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** Why the write found no place: returns when it turns out to be there, `again` when it may try. */
async function afterClash(place: Place, document: Written): Promise<undefined | typeof again> {
  const { _id, version } = document
  const current = await place.records.findOne({ _id })
  const found = current?.version ?? 0
  if (current && found >= version && (await isOwn(place, current, document))) return undefined
  if (found !== version - 1) throw conflict()
  if (current?.outbox) await place.deliver(current)
  else await assertKeysFree(place, document)
  return again
}

/** Losers of a race have the winner's event id: only the same event, and record, is the same write. */
async function isOwn(
  { log }: Place,
  current: RecordDocument,
  { version, body, outbox }: Written,
): Promise<boolean> {
  if (current.version === version && current.body !== body) return false
  const pending = current.outbox?.id === outbox.id ? current.outbox : undefined
  const stored = pending ? newEventFrom(pending.event) : await log.find(outbox.id)
  return stored !== undefined && isSameEvent(stored, newEventFrom(outbox.event))
}

// Servers word their duplicate errors differently, so we look instead of parsing them.
async function assertKeysFree({ records }: Place, { _id, keys }: Written): Promise<void> {
  for (const [name, value] of Object.entries(keys)) {
    if (await records.findOne({ [`keys.${name}`]: value, _id: { $ne: _id } })) throw taken(name)
  }
}
