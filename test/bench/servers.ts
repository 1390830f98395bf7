import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MongoClient } from 'mongodb'
import { type Measured, startMeasured } from './processes.ts'
import { type Alg, clientKey, keyPairs, type Method } from './seed.ts'

/** What the package and the image run: the build, which needs no room for stripping types. */
const source = resolve(import.meta.dirname, '../../dist/main.js')
const floorSource = resolve(import.meta.dirname, 'floor.ts')
const pageFloorSource = resolve(import.meta.dirname, 'page-floor.ts')
/** As `npm start` runs it. */
const nodeFlags = ['--max-semi-space-size=4', '--heap-growing-percent=30', '--v8-pool-size=1']
const mongoUri = process.env['OSTIARY_BENCH_MONGODB_URI'] ?? process.env['OSTIARY_TEST_MONGODB_URI']

/** A kind of store. */
export type StoreName = 'SQLite' | 'MongoDB'

/** MongoDB is measured where a server is named. */
export const stores: readonly StoreName[] = mongoUri ? ['SQLite', 'MongoDB'] : ['SQLite']

/** Where the servers of one case have their data; all of it goes when it is closed. */
export interface Place {
  readonly uri: string
  readonly pepper: string
  readonly dir: string
  readonly close: () => Promise<void>
}

/** Opens a place of that kind, with nothing in it. */
export async function openPlace(store: StoreName): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const name = `ostiary_bench_${randomBytes(4).toString('hex')}`
  const mongo = new URL(mongoUri ?? 'mongodb://127.0.0.1')
  mongo.pathname = `/${name}`
  return {
    uri: store === 'SQLite' ? `sqlite:${dir}/ostiary.db` : mongo.href,
    pepper: randomBytes(32).toString('hex'),
    dir,
    close: async () => {
      await rm(dir, { recursive: true, force: true })
      if (store === 'SQLite') return
      const client = await MongoClient.connect(mongo.href)
      await client.db(name).dropDatabase()
      await client.close()
    },
  }
}

/** Starts Ostiary on a place; several share its store and its keys. It may load a module of the benchmark before. */
export async function startServer(
  { uri, pepper, dir }: Place,
  alg: Alg,
  before?: string,
): Promise<Measured> {
  const imports = before === undefined ? [] : [`--import=${resolve(import.meta.dirname, before)}`]
  return await startMeasured([...nodeFlags, ...imports, source], {
    MALLOC_ARENA_MAX: '2',
    OSTIARY_HTTP_PORT: '0',
    OSTIARY_STORAGE_URI: uri,
    OSTIARY_SECRET_PEPPER: pepper,
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: alg,
  })
}

/** As a server of a company is paged through while logins come: some 25 pages of 60 kB a second. */
export async function startPageFloor(): Promise<Measured> {
  const [restMs, workMs, bytes] = [36, 2, 60_000]
  return await startMeasured([pageFloorSource, ...[restMs, workMs, bytes].map(String)], {})
}

/** The floor signs and, for assertions, verifies. */
export async function startFloor(dir: string, alg: Alg, method: Method): Promise<Measured> {
  const [file, clientFile] = [join(dir, `${alg}.json`), join(dir, 'client.json')]
  await writeFile(file, JSON.stringify(keyPairs[alg].privateKey.export({ format: 'jwk' })))
  await writeFile(clientFile, JSON.stringify(clientKey.publicKey.export({ format: 'jwk' })))
  const args = method === 'assertion' ? [file, alg, clientFile] : [file, alg]
  return await startMeasured([floorSource, ...args], {})
}
