import { randomBytes } from 'node:crypto'
import { describe } from '@jest/globals'
import { leaveDatabase, onDatabase, takeDatabase } from './databases.ts'

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

function freshMongo(uri: string): FreshStore {
  const name = takeDatabase()
  const url = new URL(uri)
  url.pathname = `/${name}`
  return {
    env: {
      OSTIARY_STORAGE_URI: url.href,
      OSTIARY_SECRET_PEPPER: randomBytes(32).toString('hex'),
    },
    drop: () => onDatabase(uri, name, (db) => db.dropDatabase()),
    leave: () => leaveDatabase(uri, name),
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
