import { Agent, request } from 'node:http'
import { companyPlace } from '../../src/domain/access/places.ts'
import { fill, fillWith } from './fill.ts'
import { measure, volley } from './load.ts'
import { type Call as PacedCall, paced } from './paced.ts'
import type { Measured } from './processes.ts'
import { type Client, shots } from './seed.ts'
import {
  openPlace,
  type Place,
  type StoreName,
  startPageFloor,
  startServer,
  stores,
} from './servers.ts'
import {
  anyOf,
  companyOf,
  headersOf,
  median,
  memberOf,
  newAdmin,
  newTree,
  type Tree,
  tokenPath,
} from './tree.ts'

// npm run bench:companies: management calls of 50 callers at once with 100,000 accounts in one
// company, and with 10,000 companies of 10 accounts; what roles cost a token; and what reading a large
// company costs the logins beside it. OSTIARY_BENCH_ONLY=<text> takes one
// store, OSTIARY_BENCH_ACCOUNTS and OSTIARY_BENCH_COMPANIES take other counts.
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''
const callers = 50
const seconds = 5
/** So long calls are made before they are measured: what runs for days is compiled. */
const warmUpSeconds = 3
/** Of each kind of account, one after the other, so many times: a machine that slows down slows both. */
const tokens = 2000
const tokenRounds = 31
const rounds = 5
interface Call {
  readonly method: string
  readonly path: string
  readonly body?: string
}

function send(
  url: string,
  agent: Agent,
  call: Call,
  headers: Record<string, string>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = call
    const outgoing = request(new URL(path, url), { method, agent, headers }, (incoming) => {
      incoming.resume()
      incoming.on('end', () => {
        if ((incoming.statusCode ?? 500) < 300) resolve()
        else reject(new Error(`${method} ${path} was answered ${incoming.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

interface Loop {
  readonly next: () => Call
  readonly calling?: number
  readonly forSeconds?: number
}

/** Some callers at once, each with its next call as soon as the former is answered. */
async function closedLoop(
  url: string,
  headers: Record<string, string>,
  { next, calling = callers, forSeconds = seconds }: Loop,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: calling })
  const times: number[] = []
  const until = performance.now() + forSeconds * 1000
  const caller = async () => {
    while (performance.now() < until) {
      const at = performance.now()
      await send(url, agent, next(), headers)
      times.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: calling }, caller))
  agent.destroy()
  return times.sort((one, other) => one - other)
}

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

function at(times: readonly number[], share: number): string {
  return (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1)
}

const get = (path: string): Call => ({ method: 'GET', path })

/** The calls that are measured on one large company. */
function callsOn({ company }: Tree, clients: readonly Client[]) {
  const accounts = `/api/companies/${company.id}/service-accounts`
  let made = 0
  let searched = 0
  const create = (): Call => {
    made += 1
    const body = { name: `made ${made}`, tokenEndpointAuthMethod: 'client_secret_basic' }
    return { method: 'POST', path: accounts, body: JSON.stringify(body) }
  }
  const search = (): Call => {
    searched += 1
    return get(`${accounts}?per_page=100&q=${searched % 10}7`)
  }
  return {
    'read one account': () => get(`${accounts}/${anyOf(clients)?.clientId}`),
    'a page of 100': () => get(`${accounts}?per_page=100`),
    'a page of 100 by name': () => get(`${accounts}?per_page=100&sort=name`),
    'a page of 100 with search': search,
    'create an account': create,
  }
}

async function measureCalls(
  store: StoreName,
  what: string,
  {
    server,
    headers,
    calls,
  }: {
    readonly server: Measured
    readonly headers: Record<string, string>
    readonly calls: Readonly<Record<string, () => Call>>
  },
): Promise<void> {
  for (const [name, next] of Object.entries(calls)) {
    await closedLoop(server.url, headers, { next, forSeconds: warmUpSeconds })
    const times = await closedLoop(server.url, headers, { next })
    const perSecond = (times.length / seconds).toFixed(0)
    print(store, what, name, perSecond, at(times, 0.5), at(times, 0.99))
  }
}

/** How many tokens a second are asked for while somebody pages. */
const loginsPerSecond = 300

/** Accounts that differ by what is held alone. */
interface Kinds {
  readonly 'of root': readonly Client[]
  readonly 'without roles': readonly Client[]
  readonly 'with three roles': readonly Client[]
}

/** CPU of a token of accounts with roles divided by that of others: the medians of the rounds. */
async function measureTokens(store: StoreName, server: Measured, kinds: Kinds): Promise<void> {
  const all = Object.values(kinds)
  for (const clients of all) await volley([server], tokenPath, shots(clients, 8000, 'secret'))
  const cpuOf = async (clients: readonly Client[]) => {
    return (await measure([server], tokenPath, shots(clients, tokens, 'secret'))).cpuMsPerToken
  }
  const [roots, none]: [number[], number[]] = [[], []]
  for (let round = 0; round < tokenRounds; round += 1) {
    const root = await cpuOf(kinds['of root'])
    const without = await cpuOf(kinds['without roles'])
    const roles = await cpuOf(kinds['with three roles'])
    roots.push(roles / root)
    none.push(roles / without)
  }
  const what = 'CPU of a token × one'
  print(store, 'three roles', `${what} without roles`, median(none).toFixed(3), '', '')
  print(store, 'three roles', `${what} of root`, median(roots).toFixed(3), '', '')
}

interface Beside {
  readonly server: Measured
  readonly headers: Record<string, string>
  readonly members: readonly Client[]
  readonly page: () => Call
}

interface Row {
  readonly p50: number[]
  readonly p99: number[]
  readonly paged: number[]
  readonly add: (times: readonly number[]) => void
}

function row(): Row {
  const [p50, p99, paged]: [number[], number[], number[]] = [[], [], []]
  const add = (times: readonly number[]) => {
    p50.push(median(times))
    p99.push(times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0)
  }
  return { p50, p99, paged, add }
}

/** The answer times of tokens alone, beside one who pages through the company, and beside one who pages elsewhere. */
async function measureBeside(store: StoreName, { server, headers, members, page }: Beside) {
  const login = (): PacedCall => {
    const [shot] = shots(members, 1, 'secret')
    return { method: 'POST', path: tokenPath, headers: shot?.headers ?? {}, body: shot?.body ?? '' }
  }
  const floor = await startPageFloor()
  const found = { alone: row(), 'beside paging': row(), 'beside paging elsewhere': row() }
  const pace = { perSecond: loginsPerSecond, seconds }
  const besidePaging = async (url: string, into: Row) => {
    const paging = closedLoop(url, headers, { next: page, calling: 1 })
    into.add(await paced(server.url, pace, login))
    into.paged.push((await paging).length / seconds)
  }
  for (let round = 0; round < rounds; round += 1) {
    found.alone.add(await paced(server.url, pace, login))
    await besidePaging(server.url, found['beside paging'])
    await besidePaging(floor.url, found['beside paging elsewhere'])
  }
  await floor.stop()
  for (const [what, { p50, p99, paged }] of Object.entries(found)) {
    const pages = paged.length > 0 ? `${median(paged).toFixed(0)} pages` : ''
    const cells = [pages, median(p50).toFixed(2), median(p99).toFixed(1)]
    print(store, `${loginsPerSecond} logins/s`, what, ...cells)
  }
}

/** Starts a server on a place and stops it again, whatever happens. */
async function withServer(place: Place, use: (server: Measured) => Promise<void>): Promise<void> {
  const server = await startServer(place, 'ES256')
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

async function largeCompany(store: StoreName, place: Place, count: number): Promise<void> {
  const tree = await newTree(place)
  const members = await fill(place, count, () => memberOf(tree))
  const roots = await fill(place, 1000)
  const none = await fill(place, 1000, () => ({ ...memberOf(tree), bindings: [] }))
  const admin = await newAdmin(place)
  await withServer(place, async (server) => {
    // As many of each: what is used again is in the caches of the processor.
    const some = members.slice(0, roots.length)
    const kinds = { 'of root': roots, 'without roles': none, 'with three roles': some }
    await measureTokens(store, server, kinds)
    const headers = await headersOf(server, admin)
    const calls = callsOn(tree, members)
    await measureCalls(store, `${count} accounts`, { server, headers, calls })
    await measureBeside(store, { server, headers, members, page: calls['a page of 100'] })
  })
}

async function manyCompanies(store: StoreName, place: Place, count: number): Promise<void> {
  const companies = Array.from({ length: count }, (_, n) => companyOf(n))
  await fillWith(place, 'company', companies)
  await fill(place, 10 * count, (n) => {
    const on = companyPlace(companies[n % count]?.id ?? '')
    return { owner: on, permissions: [], bindings: [{ on, role: 'guest' }] }
  })
  const admin = await newAdmin(place)
  const one = () => anyOf(companies)?.id
  const calls = {
    'read one company': () => get(`/api/companies/${one()}`),
    'the accounts of one': () => get(`/api/companies/${one()}/service-accounts`),
    'a page of 100 companies': () => get('/api/companies?per_page=100'),
  }
  await withServer(place, async (server) => {
    const headers = await headersOf(server, admin)
    await measureCalls(store, `${count} companies of 10`, { server, headers, calls })
  })
}

type Measuring = (store: StoreName, place: Place, count: number) => Promise<void>

async function inPlace(store: StoreName, measuring: Measuring, count: number): Promise<void> {
  const place = await openPlace(store)
  try {
    await measuring(store, place, count)
  } finally {
    await place.close()
  }
}

print('store', 'with', 'call', 'per second', 'p50 ms', 'p99 ms')
print(...Array.from({ length: 6 }, () => '---'))
for (const store of stores.filter((name) => name.includes(only))) {
  await inPlace(store, largeCompany, Number(process.env['OSTIARY_BENCH_ACCOUNTS'] ?? 100_000))
  await inPlace(store, manyCompanies, Number(process.env['OSTIARY_BENCH_COMPANIES'] ?? 10_000))
}
