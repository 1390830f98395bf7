import { afterEach, describe } from '@jest/globals'
import { type Db, MongoClient } from 'mongodb'
import type { Store } from '../../src/domain/store.ts'
import { openMongo } from '../../src/storage/mongo/open.ts'
import { leaveDatabase, newDatabaseName, takeDatabase } from '../support/databases.ts'

const server = process.env['OSTIARY_TEST_MONGODB_URI']

/** Runs the tests when there is a server to run them on. */
export const describeMongo = server ? describe : describe.skip

/** A database of the test's own, with handles on it. */
export interface Database {
  readonly uri: string
  open(timeoutMs?: number): Promise<Store>
  /** The database as the driver sees it, to put it into states that a crash leaves. */
  raw(): Promise<Db>
  closeAll(): Promise<void>
  drop(): Promise<void>
  /** Leaves it to others: for those who have changed neither collections nor indexes. */
  leave(): Promise<void>
}

/** A database that nobody has used. */
export function newDatabase(): Database {
  return databaseOf(newDatabaseName())
}

/** A database that is empty, perhaps since others have left it so. */
export function emptyDatabase(): Database {
  return databaseOf(takeDatabase())
}

function databaseOf(name: string): Database {
  const uri = uriOf(name)
  const handles: { close(): Promise<void> }[] = []
  const closeAll = async () => {
    for (const handle of handles.splice(0)) await handle.close()
  }
  const raw = async () => {
    const client = new MongoClient(uri)
    handles.push(client)
    return client.db()
  }
  return {
    uri,
    raw,
    closeAll,
    // Longer than any call takes that is answered, on a machine that may have other work.
    async open(timeoutMs = 60_000) {
      const store = await openMongo(uri, { timeoutMs })
      handles.push(store)
      return store
    },
    async drop() {
      await (await raw()).dropDatabase()
      await closeAll()
    },
    async leave() {
      await closeAll()
      await leaveDatabase(uri, name)
    },
  }
}

function uriOf(database: string): string {
  const uri = new URL(server ?? 'mongodb://127.0.0.1/')
  uri.pathname = `/${database}`
  return uri.href
}

/** One database for each test of a suite, dropped after it, or left to others by tests that may leave theirs. */
export function databasePerTest(end: 'drop' | 'leave' = 'drop'): () => Database {
  let current: Database | undefined
  afterEach(async () => {
    await current?.[end]()
    current = undefined
  })
  return () => {
    current ??= end === 'leave' ? emptyDatabase() : newDatabase()
    return current
  }
}
