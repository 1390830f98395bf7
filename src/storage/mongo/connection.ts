import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { type Db, MongoClient, type MongoClientOptions, ReadConcern, WriteConcern } from 'mongodb'
import { isProblem } from '../../domain/problem.ts'
import { assertFile } from '../../files/open-file.ts'
import { type Bound, boundedBy } from './bound.ts'
import { type Collections, collectionsOf } from './documents.ts'
import { renewed } from './renewed.ts'
import { databaseIn, setting } from './uri.ts'
import { uriFault } from './uri-fault.ts'

/** How a database is used. */
export interface MongoOptions {
  /** How long one call waits for the store in all, in milliseconds. */
  readonly timeoutMs?: number
}

/** One client, its database, and the bound of every call. */
export interface Connection {
  readonly db: Db
  readonly collections: Collections
  readonly bound: Bound
  readonly timeoutMs: number
  /** Fails when the server does not answer. */
  greet(): Promise<void>
  /** Fails when the server takes no writes, after a call failed by its fault; asks nothing before. */
  probe(): Promise<void>
  close(): Promise<void>
}

const defaultTimeoutMs = 5000
const mostConnections = 50
/** More than a change takes. */
const roomBytes = 64 * 1024

/**
 * Makes a client; the first call connects. Retryable writes are left to the driver, which uses
 * them where the server has them, and to the URI, which can switch them off.
 */
export function connect(uri: string, { timeoutMs = defaultTimeoutMs }: MongoOptions): Connection {
  const client = clientFor(uri, timeoutMs)
  assertFiles(client)
  // Said once more, because the URI could weaken what the client was told.
  const { readConcern, writeConcern } = durability(timeoutMs)
  const db = client.db(databaseIn(uri), { readConcern, writeConcern })
  const collections = collectionsOf(db)
  let isClosed = false
  let hasFailed = false
  const renewal = renewed(client, timeoutMs)
  const onFailure = (problem: unknown) => {
    hasFailed ||= isProblem(problem, 'store.full', 'store.unavailable')
    if (isProblem(problem, 'store.unavailable')) renewal.failed()
  }
  const { answered: onAnswer } = renewal
  const bound = boundedBy({ timeoutMs, isClosed: () => isClosed, onAnswer, onFailure })
  return {
    db,
    collections,
    bound,
    timeoutMs,
    greet: () => bound(async () => void (await db.command({ ping: 1 }))),
    async probe() {
      if (!hasFailed && !isClosed) return
      await bound(() => assertRoom(collections))
      hasFailed = false
    },
    async close() {
      isClosed = true
      await renewal.close()
    },
  }
}

/** A small write finds room in what is there already, and proves nothing; nor does what can be packed. */
async function assertRoom({ meta }: Collections): Promise<void> {
  const room = randomBytes(roomBytes).toString('base64')
  const probe = { _id: 'last_probe' } as const
  await meta.updateOne(probe, { $set: { value: Date.now(), room } }, { upsert: true })
  await meta.updateOne(probe, { $unset: { room: '' } })
}

function durability(timeoutMs: number) {
  return {
    readConcern: new ReadConcern('majority'),
    writeConcern: new WriteConcern('majority', timeoutMs, true),
  }
}

// Not `timeoutMS`: since driver 7.8 it does nothing, and before that it could mix up replies
// (CVE-2026-119179). Each stage has a bound of its own, and `bound` limits their sum.
function optionsFor(timeoutMs: number): MongoClientOptions {
  return {
    appName: 'ostiary',
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
    waitQueueTimeoutMS: timeoutMs,
    maxPoolSize: mostConnections,
    readPreference: 'primary',
    ...durability(timeoutMs),
    ignoreUndefined: true,
  }
}

function clientFor(uri: string, timeoutMs: number): MongoClient {
  try {
    return new MongoClient(uri, optionsFor(timeoutMs))
  } catch {
    throw uriFault(uri)
  }
}

/** The driver reads these by itself, and would wait for whoever writes into a pipe. */
const fileOptions = ['tlsCAFile', 'tlsCRLFile', 'tlsCertificateKeyFile'] as const

function assertFiles({ options }: MongoClient): void {
  for (const name of fileOptions) {
    const file = options[name]
    const facts = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
    if (facts) assertFile(`${setting}: the ${name} ${file}`, facts)
  }
}
