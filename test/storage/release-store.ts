import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BSON } from 'mongodb'
import { type Database, newDatabase } from './mongo-database.ts'

/** A file that the release 0.1.0 left. */
export const releaseFile = (name: string) => resolve(import.meta.dirname, 'release-0.1.0', name)

/** What it left is opened with: pepper, accounts and their secrets. */
export const known = JSON.parse(await readFile(releaseFile('secrets.json'), 'utf8'))

interface Dump {
  readonly indexes: { name: string; key: Record<string, 1 | -1>; unique?: true; sparse?: true }[]
  readonly documents: object[]
}

/** A database as the release left it, indexes included. Whoever asks drops it. */
export async function restoredDatabase(): Promise<Database> {
  const database = newDatabase()
  const db = await database.raw()
  const dump: Record<string, Dump> = BSON.EJSON.parse(
    await readFile(releaseFile('mongo.json'), 'utf8'),
  )
  for (const [name, { indexes, documents }] of Object.entries(dump)) {
    const collection = await db.createCollection(name)
    for (const { key, name: called, unique = false, sparse = false } of indexes) {
      await collection.createIndex(key, { name: called, unique, sparse })
    }
    if (documents.length > 0) await collection.insertMany(documents)
  }
  return database
}
