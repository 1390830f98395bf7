import { MongoClient } from 'mongodb'
import { databasePrefix } from '../test/support/databases.ts'

/** Drops the databases of the run, those that suites have left to others, too. */
export default async function dropDatabases() {
  // biome-ignore lint/style/noProcessEnv: named by whoever runs the tests
  const uri = process.env.OSTIARY_TEST_MONGODB_URI
  if (!uri) return
  const client = await MongoClient.connect(uri)
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  const own = databases.filter(({ name }) => name.startsWith(databasePrefix()))
  for (const { name } of own) await client.db(name).dropDatabase()
  await client.close()
}
