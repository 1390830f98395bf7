import type { Db, IndexDescription } from 'mongodb'
import { kinds, recordKinds } from '../../domain/records.ts'
import { collectionsOf } from './documents.ts'
import { retried } from './retry.ts'

const everyRecord: readonly IndexDescription[] = [
  { key: { within: 1, live: 1, _id: 1 }, name: 'scope' },
  { key: { purgeAfter: 1 }, name: 'purge', sparse: true },
  { key: { 'outbox.id': 1 }, name: 'outbox', sparse: true },
]

/** One sparse unique index for each value that no two records of a kind share. */
function uniqueIndexes(names: readonly string[]): readonly IndexDescription[] {
  return names.map((name) => ({
    key: { [`keys.${name}`]: 1 },
    name: `key_${name}`,
    unique: true,
    sparse: true,
  }))
}

/**
 * Makes the indexes that the rows of records ask for, where they are not there yet: at every open, so
 * that a new row needs no migration. Any number of processes may do so at once.
 */
export async function ensureIndexes(db: Db): Promise<void> {
  const { records, events, reservations } = collectionsOf(db)
  for (const kind of kinds) {
    const unique = uniqueIndexes(Object.keys(recordKinds[kind].unique))
    await retried(() => records(kind).createIndexes([...everyRecord, ...unique]))
  }
  await retried(() =>
    events.createIndexes([
      { key: { id: 1 }, name: 'id', unique: true },
      { key: { at: 1 }, name: 'at' },
      { key: { marks: 1, _id: 1 }, name: 'marks' },
      { key: { targetId: 1, _id: 1 }, name: 'target' },
    ]),
  )
  await retried(() => reservations.createIndexes([{ key: { expiresAt: 1 }, name: 'expiry' }]))
}
