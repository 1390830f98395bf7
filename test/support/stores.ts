import { randomBytes } from 'node:crypto'
import { describe } from '@jest/globals'
import { type Db, MongoClient } from 'mongodb'
import { newDatabaseName } from './database-names.ts'

const mongoUri = process.env['OSTIARY_TEST_MONGODB_URI']

export interface TestStore {
  readonly name: 'SQLite' | 'MongoDB'
  /** A store that is empty, and nobody else's. */
  readonly fresh: () => FreshStore
}

export interface FreshStore {
  /** Environment of a server on it. */
  readonly env: Record<string, string>
  /** Throws it away. */
  readonly drop: () => Promise<void>
  /** Leaves it to others, emptied: nobody who used it may write any more. */
  readonly leave: () => Promise<void>
}

/** The embedded store. */
export const sqlite: TestStore = {
  name: 'SQLite',
  fresh: () => ({ env: {}, drop: async () => {}, leave: async () => {} }),
}

async function onDatabase(uri: string, name: string, use: (db: Db) => Promise<unknown>) {
  const client = await MongoClient.connect(uri)
  await use(client.db(name))
  await client.close()
}

async function emptyAll(db: Db): Promise<void> {
  const collections = await db.collections()
  await Promise.all(collections.map((one) => one.deleteMany({})))
}

declare global {
  /**
   * Databases that suites have left to others: to make one, its tables and its indexes is most of what a start
   * costs. Modules of the tests are a suite's own, what is global is the worker's.
   */
  var leftDatabases: string[] | undefined
}
globalThis.leftDatabases ??= []
const left = globalThis.leftDatabases

function freshMongo(uri: string): FreshStore {
  const name = left.pop() ?? newDatabaseName()
  const url = new URL(uri)
  url.pathname = `/${name}`
  return {
    env: {
      OSTIARY_STORAGE_URI: url.href,
      OSTIARY_SECRET_PEPPER: randomBytes(32).toString('hex'),
    },
    drop: () => onDatabase(uri, name, (db) => db.dropDatabase()),
    leave: async () => {
      await onDatabase(uri, name, emptyAll)
      left.push(name)
    },
  }
}

/** The MongoDB whose URI is set. Where none is, its suites are read too, and nothing in them runs. */
export const mongo: TestStore = {
  name: 'MongoDB',
  fresh: () => freshMongo(mongoUri ?? 'mongodb://no-server-was-named'),
}

/** Runs a suite once for each store; the MongoDB half only where a server is named. */
export function onEachStore(title: string, suite: (store: TestStore) => void): void {
  for (const store of [sqlite, mongo]) {
    const isMissing = store.name === 'MongoDB' && mongoUri === undefined
    const run = isMissing ? describe.skip : describe
    run(`${title} (${store.name})`, () => suite(store))
  }
}
