import type { Store } from '../../domain/store.ts'
import { type Connection, connect, type MongoOptions } from './connection.ts'
import { problemOf } from './errors.ts'
import { eventReader } from './events.ts'
import { ensureIndexes } from './indexes.ts'
import { logOn } from './log.ts'
import { migrate } from './migrations.ts'
import { placesIn, settling } from './outbox.ts'
import { recordStore } from './records.ts'
import { reservationStore } from './reservations.ts'
import { sweeper } from './sweep.ts'
import { useStore } from './uses.ts'

/**
 * Opens the store in a MongoDB database, of any deployment that offers single-document writes and
 * unique indexes. Fails with `store.unavailable` when no server answers, and with a plain Error
 * when the URI cannot be read or the schema is not known.
 */
export async function openMongo(uri: string, options: MongoOptions = {}): Promise<Store> {
  const connection = connect(uri, options)
  try {
    await connection.greet()
    await migrate(connection.db, connection.timeoutMs)
    await ensureIndexes(connection.db)
    return storeOn(connection)
  } catch (error) {
    await connection.close()
    throw problemOf(error)
  }
}

function storeOn(connection: Connection): Store {
  const { bound, collections } = connection
  const log = logOn(collections)
  const places = placesIn(collections, log)
  const settle = settling(places)
  return {
    ...recordStore(connection, places),
    ...eventReader(connection),
    ...reservationStore(connection),
    ...useStore(connection),
    ...sweeper(connection),
    append: (event) => bound(() => log.append(event)),
    settle: () => bound(settle),
    clock: () => bound(() => clockOf(connection)),
    probeWrites: () => connection.probe(),
    close: () => connection.close(),
  }
}

/** Every server says the time in its greeting. */
async function clockOf({ db }: Connection): Promise<number | undefined> {
  const { localTime }: { readonly localTime?: unknown } = await db.command({ hello: 1 })
  return localTime instanceof Date ? localTime.getTime() : undefined
}
