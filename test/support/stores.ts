import { randomBytes } from 'node:crypto'
import { describe } from '@jest/globals'
import { MongoClient } from 'mongodb'

const mongoUri = process.env['OSTIARY_TEST_MONGODB_URI']

export interface TestStore {
  readonly name: 'SQLite' | 'MongoDB'
  /** Environment of a server on a store of its own, and how to throw that store away. */
  readonly fresh: () => { readonly env: Record<string, string>; readonly drop: () => Promise<void> }
}

/** The embedded store. */
export const sqlite: TestStore = {
  name: 'SQLite',
  fresh: () => ({ env: {}, drop: async () => {} }),
}

function freshMongo(uri: string) {
  const name = `ostiary_test_${randomBytes(6).toString('hex')}`
  const url = new URL(uri)
  url.pathname = `/${name}`
  return {
    env: {
      OSTIARY_STORAGE_URI: url.href,
      OSTIARY_SECRET_PEPPER: randomBytes(32).toString('hex'),
    },
    drop: async () => {
      const client = await MongoClient.connect(uri)
      await client.db(name).dropDatabase()
      await client.close()
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
