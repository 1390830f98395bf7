import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb'
import { storeAway } from '../../domain/problem.ts'
import { type Refolded, refolded } from '../folded-names.ts'
import { readableEvent } from '../stored-event.ts'
import {
  collectionsOf,
  type EventDocument,
  type MetaDocument,
  type RecordDocument,
} from './documents.ts'
import { isDuplicate } from './errors.ts'
import { foundBy } from './log.ts'
import { retried } from './retry.ts'

/** Accounts in the order of their ids, which is that of their creation. */
async function foldNames(db: Db): Promise<void> {
  const accounts = collectionsOf(db).records('account')
  for await (const account of accounts.find({ live: true }, { sort: { _id: 1 } })) {
    const now = refolded(account.body)
    if (now) await foldName(accounts, account, now)
  }
}

async function foldName(
  accounts: Collection<RecordDocument>,
  { _id, version }: RecordDocument,
  { key, former }: Refolded,
): Promise<void> {
  const asIs = { _id, version }
  const isTaken = await accounts.findOne({ 'keys.name': key, _id: { $ne: _id } })
  try {
    const change = isTaken ? { body: former } : { 'keys.name': key }
    await accounts.updateOne(asIs, { $set: change })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    await accounts.updateOne(asIs, { $set: { body: former } })
  }
}

const markedAtOnce = 500

/** Entries of the first release are found by what later ones are found by. */
async function markEvents(db: Db): Promise<void> {
  const { events } = collectionsOf(db)
  const unmarked = { marks: { $exists: false } }
  let changes: AnyBulkWriteOperation<EventDocument>[] = []
  const write = async () => {
    if (changes.length > 0) await events.bulkWrite(changes, { ordered: false })
    changes = []
  }
  for await (const { _id, body } of events.find(unmarked, { sort: { _id: 1 } })) {
    const found = readableEvent(body)
    if (found) changes.push({ updateOne: { filter: { _id }, update: { $set: foundBy(found) } } })
    if (changes.length === markedAtOnce) await write()
  }
  await write()
  // A new database has no such collection yet.
  const there = await db.listCollections({ name: events.collectionName }).toArray()
  if (there.length > 0 && (await events.indexExists('actor'))) await events.dropIndex('actor')
}

/**
 * Migration n brings the data from schema n to n + 1. Append only, and frozen once released: what the
 * rows of records need is ensured at every open instead. Each may be run again after a crash half-way,
 * and beside another process: the lease saves work, nothing depends on it.
 */
const migrations: readonly ((db: Db) => Promise<void>)[] = [
  async (db) => {
    await insertOnce(db, { _id: 'claim_horizon', value: 0 })
  },
  foldNames,
  markEvents,
]

const leaseMilliseconds = 10_000
const pauseMilliseconds = 50

/** Brings the database to the schema of this release; any number of processes may do so at once. */
export async function migrate(db: Db, timeoutMs: number): Promise<void> {
  const holder = randomUUID()
  const deadline = performance.now() + timeoutMs
  while ((await schemaOf(db)) < migrations.length) {
    if (await takeLease(db, holder)) await migrateHolding(db, holder)
    else if (performance.now() > deadline) throw storeAway(new Error('Another process migrates it'))
    else await wait(pauseMilliseconds)
  }
}

/** Refuses a database whose schema this release cannot read as it is. */
export async function assertMigrated(db: Db): Promise<void> {
  const version = await schemaOf(db)
  if (version === migrations.length) return
  throw new Error(
    `The MongoDB database ${db.databaseName} has schema ${version}, this release reads ${migrations.length}. Start the server once to bring it up to date`,
  )
}

async function schemaOf(db: Db): Promise<number> {
  const version = (await collectionsOf(db).meta.findOne({ _id: 'schema' }))?.value ?? 0
  if (Number.isInteger(version) && version >= 0 && version <= migrations.length) return version
  throw new Error(
    `The MongoDB database ${db.databaseName} has schema ${version}, this release knows up to ${migrations.length}. Use the release that wrote it, or a newer one`,
  )
}

async function migrateHolding(db: Db, holder: string): Promise<void> {
  const { meta } = collectionsOf(db)
  try {
    await insertOnce(db, { _id: 'schema', value: 0 })
    for (let version = await schemaOf(db); version < migrations.length; version += 1) {
      await retried(async () => migrations[version]?.(db))
      const step = { $set: { value: version + 1 } }
      await retried(() => meta.updateOne({ _id: 'schema', value: version }, step))
    }
  } finally {
    await meta.deleteOne({ _id: 'migration_lease', holder })
  }
}

async function takeLease(db: Db, holder: string): Promise<boolean> {
  const now = Date.now()
  const lease = { value: now + leaseMilliseconds, holder }
  if (await insertOnce(db, { _id: 'migration_lease', ...lease })) return true
  const over = { _id: 'migration_lease', value: { $lt: now } } as const
  const { matchedCount } = await collectionsOf(db).meta.updateOne(over, { $set: lease })
  return matchedCount === 1
}

/** True for the one whose document it became. */
async function insertOnce(db: Db, document: MetaDocument): Promise<boolean> {
  try {
    await retried(() => collectionsOf(db).meta.insertOne(document))
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}
