import { randomBytes } from 'node:crypto'
import { type Db, MongoClient } from 'mongodb'

/** What the names of all databases of one run of the tests begin with. */
export function databasePrefix(): string {
  return `ostiary_test_${process.env['OSTIARY_TEST_RUN'] ?? ''}_`
}

/** The name of a database that nobody uses yet. */
export function newDatabaseName(): string {
  return `${databasePrefix()}${randomBytes(6).toString('hex')}`
}

/** Does something with a database of a server. */
export async function onDatabase(
  uri: string,
  name: string,
  use: (db: Db) => Promise<unknown>,
): Promise<void> {
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

/** The name of a database that is empty, and nobody else's. */
export function takeDatabase(): string {
  return left.pop() ?? newDatabaseName()
}

/** Empties a database for others: nobody who used it may write any more. */
export async function leaveDatabase(uri: string, name: string): Promise<void> {
  await onDatabase(uri, name, emptyAll)
  left.push(name)
}
