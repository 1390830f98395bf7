import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { MongoClient } from 'mongodb'
import { type Call, type Pace, paced } from './paced.ts'
import { startMeasured } from './processes.ts'

// npm run bench:writes: prints creations a second beside a floor measured in the same run, and what
// writes do to the logins beside them. MongoDB is measured when OSTIARY_STORAGE_URI names one.
const seconds = 4
const callers = 32
const mongoUri = process.env['OSTIARY_STORAGE_URI']
const createProcess = resolve(import.meta.dirname, 'create-process.ts')
const source = resolve(import.meta.dirname, '../../src/main.ts')
const rounds = 3
const logins: Pace = { perSecond: 500, seconds: 4 }
const others: Pace = { perSecond: 300, seconds: 4 }

function print(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

/** One row and one fsync a transaction: what a store that shares nothing can do here. */
function fsyncFloor(dir: string): number {
  const db = new DatabaseSync(join(dir, 'floor.db'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (body TEXT)')
  const insert = db.prepare('INSERT INTO t VALUES (?)')
  const until = performance.now() + seconds * 1000
  let made = 0
  for (; performance.now() < until; made += 1) insert.run('x'.repeat(500))
  db.close()
  return made / seconds
}

/** One document an insert, from as many callers at once. */
async function insertFloor(client: MongoClient): Promise<number> {
  const writeConcern = { w: 'majority', journal: true } as const
  const collection = client.db().collection('floor', { writeConcern })
  const until = performance.now() + seconds * 1000
  let made = 0
  const caller = async () => {
    for (; performance.now() < until; made += 1) await collection.insertOne({ body: 'x' })
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return made / seconds
}

/** Creations a second of some processes together, which share the callers. */
async function creations(uri: string, processes: number): Promise<number> {
  const args = [createProcess, uri, String(callers / processes), String(seconds)]
  const results = Array.from({ length: processes }, async () => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    if (code !== 0) throw new Error(`a process that creates ended with ${code}`)
    return Number(printed)
  })
  return (await Promise.all(results)).reduce((sum, one) => sum + one)
}

function row(what: string, found: number, floor: number): void {
  print([what, found.toFixed(0), floor.toFixed(0), (found / floor).toFixed(2)])
}

async function measureMongo(server: string): Promise<void> {
  const uri = new URL(server)
  uri.pathname = `/ostiary_bench_${randomBytes(4).toString('hex')}`
  const client = await MongoClient.connect(uri.href)
  try {
    const floor = await insertFloor(client)
    row('MongoDB, one process', await creations(uri.href, 1), floor)
    row('MongoDB, two processes', await creations(uri.href, 2), floor)
  } finally {
    await client.db().dropDatabase()
    await client.close()
  }
}

interface Admin {
  readonly clientId: string
  readonly clientSecret: string
  readonly clientKey: string
}

function loginOf({ clientId, clientSecret }: Admin): Call {
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return {
    method: 'POST',
    path: '/api/m2m/oauth/token',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  }
}

async function tokenFor(url: string, { path, ...login }: Call): Promise<string> {
  const reply = await fetch(new URL(path, url), { ...login, body: login.body ?? '' })
  const { access_token: token }: { access_token: string } = JSON.parse(await reply.text())
  return token
}

function creation(headers: Call['headers'], name: string): Call {
  const account = { name, permissions: [], tokenEndpointAuthMethod: 'client_secret_basic' }
  return { method: 'POST', path: '/api/service-accounts', headers, body: JSON.stringify(account) }
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/**
 * Reads cost the server's thread what writes cost it, but for the disk: they are the control. The
 * rounds alternate, so that a busy moment of the machine does not fall on one of them alone.
 */
async function measureLogins(url: string, admin: Admin): Promise<void> {
  const login = loginOf(admin)
  const headers = {
    authorization: `Bearer ${await tokenFor(url, login)}`,
    'client-key': admin.clientKey,
    'content-type': 'application/json',
  }
  const read: Call = { method: 'GET', path: `/api/service-accounts/${admin.clientId}`, headers }
  const loads = [
    ['alone', undefined],
    [`beside ${others.perSecond} reads/s`, () => read],
    [
      `beside ${others.perSecond} creations/s`,
      () => creation(headers, `bench ${randomBytes(9).toString('hex')}`),
    ],
  ] as const
  await paced(url, logins, () => login)
  const found = loads.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, [, call]] of loads.entries()) {
      const [times] = await Promise.all([
        paced(url, logins, () => login),
        call && paced(url, others, call),
      ])
      found[at]?.push(p99(times))
    }
  }
  const [alone = Number.NaN] = found.map(median)
  for (const [at, [load]] of loads.entries()) {
    const figure = median(found[at] ?? [])
    print([load, figure.toFixed(1), (figure / alone).toFixed(2)])
  }
}

async function withServer(dir: string): Promise<void> {
  const server = await startMeasured([source], {
    OSTIARY_HTTP_PORT: '0',
    OSTIARY_STORAGE_URI: `sqlite:${dir}/logins.db`,
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: 'ES256',
  })
  try {
    const admin: Admin = JSON.parse(await readFile(join(dir, 'data', 'bootstrap.json'), 'utf8'))
    await measureLogins(server.url, admin)
  } finally {
    await server.stop()
  }
}

const scratch = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
try {
  print([`creations, ${callers} callers`, 'per second', 'floor', '× floor'])
  print(['---', '---', '---', '---'])
  const floor = fsyncFloor(scratch)
  row('SQLite', await creations(`sqlite:${scratch}/creations.db`, 1), floor)
  if (mongoUri !== undefined) await measureMongo(mongoUri)
  print([`secret logins, ${logins.perSecond}/s, SQLite`, `p99 ms, median of ${rounds}`, '× alone'])
  print(['---', '---', '---'])
  await withServer(scratch)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
