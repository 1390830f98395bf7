import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MongoClient } from 'mongodb'
import { type Figures, measure, type Shot } from './load.ts'
import { startMeasured } from './processes.ts'
import { type Alg, keyPairs, type Method, seed, shots } from './seed.ts'

// npm run bench: prints what a token costs, beside the floor measured in the same run. MongoDB is
// measured when OSTIARY_STORAGE_URI names one. OSTIARY_BENCH_QUICK=1 takes 1 and 1,000 accounts.
const isQuick = process.env['OSTIARY_BENCH_QUICK'] === '1'
const sizes = isQuick ? [1000] : [1, 1000, 10_000]
const warmUpCount = 12_000
const countedCount = 8000
const algs: readonly Alg[] = ['RS256', 'ES256']
const methods: readonly Method[] = ['secret', 'assertion']
const mongoUri = process.env['OSTIARY_STORAGE_URI']
const source = resolve(import.meta.dirname, '../../src/main.ts')
const floorSource = resolve(import.meta.dirname, 'floor.ts')

const columns = [
  'store',
  'login',
  'alg',
  'accounts',
  'tokens/s',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  '× floor',
  'RSS MiB',
  'start s',
]

function print(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

function figures(found: Figures, floorCpu: number): string[] {
  const { perSecond, p50Ms, p99Ms, cpuMsPerToken } = found
  return [
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    cpuMsPerToken.toFixed(3),
    (cpuMsPerToken / floorCpu).toFixed(2),
  ]
}

async function measureFloor(dir: string, alg: Alg): Promise<Figures> {
  const file = join(dir, `${alg}.json`)
  await writeFile(file, JSON.stringify(keyPairs[alg].privateKey.export({ format: 'jwk' })))
  const server = await startMeasured([floorSource, file, alg], {})
  const shot: Shot = { headers: {}, body: 'grant_type=client_credentials' }
  const many = (length: number) => Array.from({ length }, () => shot)
  const found = await measure(server, '/', {
    warmUp: many(warmUpCount),
    counted: many(countedCount),
  })
  print([
    'floor',
    '',
    alg,
    '',
    ...figures(found, found.cpuMsPerToken),
    server.peakRssMib().toFixed(0),
    '',
  ])
  await server.stop()
  return found
}

interface Case {
  readonly store: 'SQLite' | 'MongoDB'
  readonly method: Method
  readonly alg: Alg
  readonly count: number
}

async function withStore(wanted: Case, use: (uri: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  const name = `ostiary_bench_${randomBytes(4).toString('hex')}`
  const mongo = new URL(mongoUri ?? 'mongodb://127.0.0.1')
  mongo.pathname = `/${name}`
  try {
    await use(wanted.store === 'SQLite' ? `sqlite:${dir}/ostiary.db` : mongo.href)
  } finally {
    await rm(dir, { recursive: true, force: true })
    if (wanted.store === 'MongoDB') {
      const client = await MongoClient.connect(mongo.href)
      await client.db(name).dropDatabase()
      await client.close()
    }
  }
}

async function measureCase(wanted: Case, floor: Figures): Promise<void> {
  const { store, method, alg, count } = wanted
  await withStore(wanted, async (uri) => {
    const pepper = randomBytes(32).toString('hex')
    const clients = await seed(uri, pepper, wanted)
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
    const server = await startMeasured(
      ['--max-semi-space-size=4', '--heap-growing-percent=30', source],
      {
        OSTIARY_HTTP_PORT: '0',
        OSTIARY_STORAGE_URI: uri,
        OSTIARY_SECRET_PEPPER: pepper,
        OSTIARY_DATA_DIR: join(dir, 'data'),
        OSTIARY_KEYS_DIR: join(dir, 'keys'),
        OSTIARY_SIGNING_ALG: alg,
      },
    )
    const found = await measure(server, '/api/m2m/oauth/token', {
      // Every account once: what a first login costs is not what logins cost.
      warmUp: [
        ...clients.flatMap((client) => shots([client], 1, wanted)),
        ...shots(clients, Math.max(0, warmUpCount - count), wanted),
      ],
      counted: shots(clients, countedCount, wanted),
    })
    const rss = server.peakRssMib().toFixed(0)
    const startS = (server.startMs / 1000).toFixed(2)
    print([store, method, alg, count, ...figures(found, floor.cpuMsPerToken), rss, startS])
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  })
}

const scratch = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
print(columns)
print(columns.map(() => '---'))
for (const alg of algs) {
  const floor = await measureFloor(scratch, alg)
  for (const store of mongoUri ? (['SQLite', 'MongoDB'] as const) : (['SQLite'] as const)) {
    for (const method of methods) {
      for (const count of sizes) await measureCase({ store, method, alg, count }, floor)
    }
  }
}
await rm(scratch, { recursive: true, force: true })
