import { type Figures, measure, medianOf, volley } from './load.ts'
import type { Measured } from './processes.ts'
import { type Alg, type Client, type Method, seed, shotOfEach, shots } from './seed.ts'
import {
  openPlace,
  type Place,
  type StoreName,
  startFloor,
  startServer,
  stores,
} from './servers.ts'

// npm run bench: prints what a token costs, beside a floor that signs and verifies the same and is
// measured in turn with it, round by round. MongoDB is measured when OSTIARY_BENCH_MONGODB_URI or
// OSTIARY_TEST_MONGODB_URI names a server. OSTIARY_BENCH_ONLY=<text> takes the cases whose names
// hold it. The figures are medians of the rounds.
const accounts = 1000
const manyAccounts = 10_000
const warmUpCount = 8000
const roundCount = 3000
const rounds = 5
const path = '/api/m2m/oauth/token'
const algs: readonly Alg[] = ['RS256', 'ES256']
const methods: readonly Method[] = ['secret', 'assertion']
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

function figures({ perSecond, p50Ms, p99Ms, cpuMsPerToken }: Figures): string[] {
  return [perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), cpuMsPerToken.toFixed(3)]
}

const share = (high: Figures, low: Figures) => (high.cpuMsPerToken / low.cpuMsPerToken).toFixed(2)

interface Case {
  readonly store: StoreName
  readonly method: Method
  readonly alg: Alg
  readonly count: number
}

const nameOf = ({ store, method, alg, count }: Case) => `${store} ${method} ${alg} ${count}`

/** Measures sets of servers in turn, so that what else the machine does weighs on all alike. */
async function inTurn(
  sets: readonly (readonly Measured[])[],
  clients: readonly Client[],
  method: Method,
): Promise<Figures[]> {
  for (const servers of sets) await volley(servers, path, shots(clients, warmUpCount, method))
  const found: Figures[][] = sets.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, servers] of sets.entries()) {
      found[place]?.push(await measure(servers, path, shots(clients, roundCount, method)))
    }
  }
  return found.map(medianOf)
}

async function withPlace(
  wanted: Case,
  use: (place: Place, clients: readonly Client[]) => Promise<void>,
) {
  if (!nameOf(wanted).includes(only)) return
  const place = await openPlace(wanted.store)
  try {
    await use(place, await seed(place.uri, place.pepper, wanted))
  } finally {
    await place.close()
  }
}

async function measureCost(wanted: Case): Promise<void> {
  const { method, alg } = wanted
  await withPlace(wanted, async (place, clients) => {
    const floor = await startFloor(place.dir, alg, method)
    const server = await startServer(place, alg)
    const [low, high] = await inTurn([[floor], [server]], clients, method)
    if (low && high) {
      const rss = server.peakRssMib().toFixed(0)
      print('floor', ...figures(low), '', '')
      print(nameOf(wanted), ...figures(high), share(high, low), rss)
    }
    await floor.stop()
    await server.stop()
  })
}

/**
 * What a token costs when two processes share a database, by what it costs one of them alone; and
 * the same of two floors, since processes that share a processor cost each other something.
 */
async function measurePair(wanted: Case): Promise<void> {
  const { method, alg } = wanted
  await withPlace(wanted, async (place, clients) => {
    const floors = [
      await startFloor(place.dir, alg, method),
      await startFloor(place.dir, alg, method),
    ]
    const servers = [await startServer(place, alg), await startServer(place, alg)]
    // Each process starts with nothing imported: it sees every account once.
    for (const server of servers) await volley([server], path, shotOfEach(clients, method))
    const sets = [floors.slice(0, 1), floors, servers.slice(0, 1), servers]
    const [floor, twoFloors, one, two] = await inTurn(sets, clients, method)
    if (floor && twoFloors && one && two) {
      print('floor, one process', ...figures(floor), '', '')
      print('floor, two processes', ...figures(twoFloors), share(twoFloors, floor), '')
      print(`${nameOf(wanted)}, one process`, ...figures(one), '', '')
      print(`${nameOf(wanted)}, two processes`, ...figures(two), share(two, one), '')
    }
    for (const process of [...floors, ...servers]) await process.stop()
  })
}

async function measureMemory(wanted: Case): Promise<void> {
  const { method, alg } = wanted
  await withPlace(wanted, async (place, clients) => {
    const server = await startServer(place, alg)
    await volley([server], path, shotOfEach(clients, method))
    const found = await measure([server], path, shots(clients, roundCount * rounds, method))
    const start = `${(server.startMs / 1000).toFixed(1)} s to start`
    print(nameOf(wanted), ...figures(found), start, server.peakRssMib().toFixed(0))
    await server.stop()
  })
}

print('case', 'tokens/s', 'p50 ms', 'p99 ms', 'CPU ms', '× floor or one', 'peak RSS MiB')
print(...Array.from({ length: 7 }, () => '---'))
for (const alg of algs) {
  for (const store of stores) {
    for (const method of methods) await measureCost({ store, method, alg, count: accounts })
  }
}
for (const method of stores.includes('MongoDB') ? methods : []) {
  await measurePair({ store: 'MongoDB', method, alg: 'ES256', count: accounts })
}
await measureMemory({ store: 'SQLite', method: 'assertion', alg: 'RS256', count: manyAccounts })
