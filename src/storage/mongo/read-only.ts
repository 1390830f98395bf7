import type { Store } from '../../domain/store.ts'
import { connect, type MongoOptions } from './connection.ts'
import { eventReader } from './events.ts'
import { assertMigrated } from './migrations.ts'

/** Opens the audit log alone, to read it beside running servers: no migration, no write. */
export async function openMongoReadOnly(
  uri: string,
  options: MongoOptions = {},
): Promise<Pick<Store, 'events' | 'head' | 'close'>> {
  const connection = connect(uri, options)
  try {
    await connection.bound(() => assertMigrated(connection.db))
  } catch (error) {
    await connection.close()
    throw error
  }
  const { events, head } = eventReader(connection)
  return { events, head, close: () => connection.close() }
}
