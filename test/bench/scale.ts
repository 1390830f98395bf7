import { fill } from './fill.ts'
import { measure, volley } from './load.ts'
import { shots } from './seed.ts'
import { openPlace, type StoreName, startServer, stores } from './servers.ts'

// npm run bench:scale: what a process knows, as the number of accounts grows: how long it takes to
// start, how large it is, and what a login costs. OSTIARY_BENCH_ACCOUNTS=<counts> takes other counts.
const counts = (process.env['OSTIARY_BENCH_ACCOUNTS'] ?? '1,1000,100000').split(',').map(Number)
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''
const path = '/api/m2m/oauth/token'
const tokens = 5000

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

async function measureCount(store: StoreName, count: number, base: number): Promise<number> {
  const place = await openPlace(store)
  try {
    const clients = await fill(place, count)
    const server = await startServer(place, 'ES256')
    const restMib = server.rssMib()
    await volley([server], path, shots(clients, tokens, 'secret'))
    const { cpuMsPerToken, p99Ms } = await measure([server], path, shots(clients, tokens, 'secret'))
    const bytes = base === 0 ? '–' : (((restMib - base) * 1024 * 1024) / count).toFixed(0)
    print(
      store,
      count,
      (server.startMs / 1000).toFixed(1),
      restMib.toFixed(0),
      bytes,
      server.peakRssMib().toFixed(0),
      cpuMsPerToken.toFixed(3),
      p99Ms.toFixed(1),
    )
    await server.stop()
    return restMib
  } finally {
    await place.close()
  }
}

print(
  'store',
  'accounts',
  's to start',
  'RSS MiB',
  'bytes each',
  'peak MiB',
  'CPU ms a token',
  'p99 ms',
)
print(...Array.from({ length: 8 }, () => '---'))
for (const store of stores.filter((name) => name.includes(only))) {
  let base = 0
  for (const count of counts) {
    const rest = await measureCount(store, count, base)
    base ||= rest
  }
}
