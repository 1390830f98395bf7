import { randomBytes } from 'node:crypto'

/** What the names of all databases of one run of the tests begin with. */
export function databasePrefix(): string {
  return `ostiary_test_${process.env['OSTIARY_TEST_RUN'] ?? ''}_`
}

/** The name of a database that nobody uses yet. */
export function newDatabaseName(): string {
  return `${databasePrefix()}${randomBytes(6).toString('hex')}`
}
