import { fill } from './fill.ts'
import type { Measured } from './processes.ts'
import type { Client } from './seed.ts'
import { openPlace, type StoreName, startServer, stores } from './servers.ts'
import { headersOf, median, memberOf, newAdmin, newTree, type Tree } from './tree.ts'

// npm run bench:lists: for how long lists hold the event loop at a stretch, with 100,000 accounts in one company,
// each of them with three roles. OSTIARY_BENCH_ONLY=<text> takes one store,
// OSTIARY_BENCH_ACCOUNTS another count.
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''
const count = Number(process.env['OSTIARY_BENCH_ACCOUNTS'] ?? 100_000)
const times = 20
/** Entries of the audit log that there are to be listed. */
const entries = 300
const settlesMs = 50

interface Call {
  readonly path: string
  readonly body?: object
}

/** Lists, each with a number that no call had before: a search is new each time. */
function callsOn({ company, project }: Tree, members: readonly Client[]) {
  const place = `/api/companies/${company.id}`
  const accounts = `${place}/service-accounts`
  const anySubject = (n: number) => members[n % members.length]?.clientId
  const questions = Array.from({ length: 1000 }, (_, n) => ({
    subject: anySubject(n),
    permission: 'console.company.view',
    resource: company.id,
  }))
  const holders = '/api/access/holders?permission='
  return {
    'nothing (health)': () => ({ path: '/-/healthz' }),
    'a page of 100 accounts': () => ({ path: `${accounts}?per_page=100` }),
    'a page with a new search': (n) => ({ path: `${accounts}?per_page=100&q=${n}` }),
    'a page of those long unused': () => ({
      path: `${accounts}?per_page=100&unusedSince=2026-01-01T00:00:00Z`,
    }),
    '10,000 accounts at once': () => ({ path: accounts }),
    '10,000 identities at once': () => ({ path: `${place}/identities` }),
    'a page of identities': () => ({ path: `${place}/identities?per_page=100&page=3` }),
    '10,000 holders on the company': () => ({
      path: `${holders}console.company.view&resource=${company.id}`,
    }),
    '10,000 holders on an environment': () => ({
      path: `${holders}console.environment.view&resource=${project.id}:dev`,
    }),
    '1,000 questions about rights': () => ({ path: '/api/access/check', body: { questions } }),
    'what needs attention': () => ({ path: `${place}/attention` }),
    'a page of the audit log': () => ({ path: `${place}/audit-logs?per_page=200` }),
    'an export of it': () => ({ path: `${place}/audit-logs?format=jsonl` }),
  } satisfies Record<string, (n: number) => Call>
}

async function ask(
  server: Measured,
  headers: Readonly<Record<string, string>>,
  { path, body }: Call,
): Promise<void> {
  const method = body ? 'POST' : 'GET'
  const answer = await fetch(new URL(path, server.url), {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`)
}

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

interface Turns {
  readonly whole: number
  readonly own: number
}

const turnsOf = async (server: Measured) => await server.told<Turns>('SIGUSR2', 'turns')

/** The longest turns of calls that are made one by one. */
async function measured(server: Measured, call: (n: number) => Promise<void>) {
  const took: number[] = []
  const turns: Turns[] = []
  for (let time = 0; time < times; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, settlesMs))
    await turnsOf(server)
    const at = performance.now()
    await call(time)
    took.push(performance.now() - at)
    turns.push(await turnsOf(server))
  }
  const [own, whole] = [turns.map((each) => each.own), turns.map((each) => each.whole)]
  return [median(took), median(own), Math.max(...own), median(whole), Math.max(...whole)]
}

async function run(store: StoreName): Promise<void> {
  const place = await openPlace(store)
  const tree = await newTree(place)
  const members = await fill(place, count, () => memberOf(tree))
  const admin = await newAdmin(place)
  const server = await startServer(place, 'ES256', 'turns.ts')
  try {
    const headers = { ...(await headersOf(server, admin)), 'content-type': 'application/json' }
    const path = `/api/companies/${tree.company.id}/service-accounts`
    for (let entry = 0; entry < entries; entry += 1) {
      const body = { name: `made ${entry}`, tokenEndpointAuthMethod: 'client_secret_basic' }
      await ask(server, headers, { path, body })
    }
    let asked = 100
    for (const [name, next] of Object.entries(callsOn(tree, members))) {
      const found = await measured(server, async () => {
        asked += 1
        await ask(server, headers, next(asked))
      })
      print(store, name, ...found.map((ms) => ms.toFixed(1)))
    }
  } finally {
    await server.stop()
    await place.close()
  }
}

print('store', 'list', 'took ms', 'own turn ms', 'at most', 'with the collector', 'at most')
print(...Array.from({ length: 7 }, () => '---'))
for (const store of stores.filter((name) => name.includes(only))) await run(store)
