import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { rootPermissionNames } from '../../src/domain/access/permissions.ts'
import { newTokenId } from '../../src/domain/ids.ts'
import { indexOf, listId, listLength } from '../../src/domain/status-lists/status-list.ts'
import type { Token } from '../../src/domain/tokens/token.ts'
import { fill, fillWith } from './fill.ts'
import { measure, medianOf, type Shot, volley } from './load.ts'
import type { Measured } from './processes.ts'
import type { Client } from './seed.ts'
import { openPlace, type Place, type StoreName, startServer, stores } from './servers.ts'

// npm run bench:tokens: introspections, and management calls made with project tokens, while so many project tokens
// are stored; how large the process is; and how long a status list takes, with one of 100 tokens revoked. OSTIARY_BENCH_TOKENS=<counts> takes other counts, OSTIARY_BENCH_ONLY=<text>
// one store.
const counts = (process.env['OSTIARY_BENCH_TOKENS'] ?? '1000,100000,1000000').split(',').map(Number)
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''
const accounts = 2000
const hundred = 100
const samples = 500
const requests = 3000
const rounds = 5
const atOnce = 100_000
/** A list is built anew at most four times a second: so long (ms) after a change whoever asks gets a new one. */
const restMs = 300
const builds = 20
const threeYearsMs = 3 * 365 * 86_400_000

/** A record of a token that nobody holds: what a process keeps of it is what all cost. */
function tokenOf(n: number, { clientId }: Client): Token {
  const now = Date.now()
  return {
    ...{ id: newTokenId(now), version: 1, live: true, account: clientId, owner: 'root' },
    ...{ name: `token ${n}`, audiences: [], createdAt: now, createdBy: 'bench', updatedAt: now },
    value: {
      jti: newTokenId(now),
      digest: randomBytes(32).toString('base64url'),
      kid: 'bench',
      issuedAt: now,
      expiresAt: Math.floor((now + threeYearsMs) / 1000) * 1000,
      status: { list: listId(Math.floor(n / listLength)), index: indexOf('bench', n % listLength) },
    },
  }
}

async function fillTokens(place: Place, count: number, clients: readonly Client[]): Promise<void> {
  const nobody: Client = { clientId: '', secret: '' }
  for (let done = 0; done < count; done += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - done) }, (_, at) =>
      tokenOf(done + at, clients[(done + at) % clients.length] ?? nobody),
    )
    await fillWith(place, 'token', some)
  }
}

const basic = ({ clientId, secret }: Client) =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`

async function answered(reply: Response): Promise<Record<string, unknown>> {
  const text = await reply.text()
  if (!reply.ok) throw new Error(`the server answered ${reply.status}: ${text}`)
  return JSON.parse(text)
}

interface Making {
  readonly clients: readonly Client[]
  readonly named: string
  readonly count: number
}

/** Tokens that are good, made as anybody makes them. */
async function makeTokens(
  { url }: Measured,
  admin: Client,
  { clients, named, count }: Making,
): Promise<readonly string[]> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic(admin) }
  const login = await fetch(new URL('/api/m2m/oauth/token', url), { method: 'POST', headers, body })
  const { access_token: token } = await answered(login)
  const made: string[] = []
  for (let n = 0; n < count; n += 1) {
    const path = `/api/service-accounts/${clients[n % clients.length]?.clientId}/tokens`
    const reply = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `${named} ${n}` }),
    })
    made.push(String((await answered(reply))['token']))
  }
  return made
}

/** What is asked with or about a token. */
const kinds: Readonly<
  Record<string, { readonly path: string; shot(token: string, admin: Client): Shot }>
> = {
  introspections: {
    path: '/api/m2m/oauth/introspect',
    shot: (token, admin) => ({
      headers: {
        authorization: basic(admin),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token }).toString(),
    }),
  },
  'calls by project token': {
    path: '/api/access/check',
    shot: (token) => ({
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ permission: 'console.root.view' }),
    }),
  },
}

/** The time of one answer, in milliseconds, and its bytes. */
async function timed(url: URL): Promise<{ readonly ms: number; readonly bytes: number }> {
  const at = performance.now()
  const reply = await fetch(url)
  const { byteLength: bytes } = await reply.arrayBuffer()
  if (!reply.ok) throw new Error(`the server answered ${reply.status}`)
  return { ms: performance.now() - at, bytes }
}

/** Asks whether the server is alive, one question after the other, until something is done; its slowest answer. */
async function slowestBeside({ url }: Measured, work: Promise<unknown>): Promise<number> {
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  let slowest = 0
  while (!isDone) slowest = Math.max(slowest, (await timed(new URL('/-/healthz', url))).ms)
  await done
  return slowest
}

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** How long the answer with a list takes after a change, how large it is, and how long others wait meanwhile. */
async function measureList(server: Measured, admin: Client, clients: readonly Client[]) {
  const list = new URL(`/api/status-lists/${listId(0)}`, server.url)
  const found: number[] = []
  const waits: number[] = []
  let size = 0
  for (let round = 0; round < builds; round += 1) {
    await makeTokens(server, admin, { clients, named: `round ${round}`, count: 1 })
    await wait(restMs)
    const building = timed(list)
    waits.push(await slowestBeside(server, building))
    const { ms, bytes } = await building
    found.push(ms)
    size = bytes
  }
  return [middle(found).toFixed(0), middle(waits).toFixed(1), (size / 1000).toFixed(0)]
}

function print(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

async function measureKinds(server: Measured, tokens: readonly string[], admin: Client) {
  const cells: string[] = []
  for (const { path, shot } of Object.values(kinds)) {
    const shots = Array.from({ length: requests }, (_, n) =>
      shot(tokens[n % tokens.length] ?? '', admin),
    )
    await volley([server], path, shots)
    const found: Awaited<ReturnType<typeof measure>>[] = []
    for (let round = 0; round < rounds; round += 1) found.push(await measure([server], path, shots))
    const { perSecond, p99Ms, cpuMsPerToken } = medianOf(found)
    cells.push(perSecond.toFixed(0), p99Ms.toFixed(1), cpuMsPerToken.toFixed(3))
  }
  return cells
}

/** Measures with so many tokens stored; answers the size of the process at rest, in MiB. */
async function measureCount(store: StoreName, count: number, base: number): Promise<number> {
  const place = await openPlace(store)
  try {
    const all = { owner: 'root', permissions: rootPermissionNames, bindings: [] } as const
    const clients = await fill(place, accounts)
    const disabled = { owner: 'root', permissions: [], bindings: [], state: 'disabled' } as const
    const dead = await fill(place, clients.length / hundred, () => disabled)
    const others = await fill(place, 10)
    const [admin] = await fill(place, 1, () => all)
    if (!admin) throw new Error('no account was made')
    await fillTokens(place, count, [...clients, ...dead])
    const server = await startServer(place, 'ES256')
    const restMib = server.rssMib()
    const bytes = base === 0 ? '–' : (((restMib - base) * 1024 * 1024) / count).toFixed(0)
    const tokens = await makeTokens(server, admin, {
      clients: others,
      named: 'sample',
      count: samples,
    })
    const cells = [
      ...(await measureKinds(server, tokens, admin)),
      ...(await measureList(server, admin, others)),
    ]
    print(store, count, (server.startMs / 1000).toFixed(1), restMib.toFixed(0), bytes, ...cells)
    await server.stop()
    return restMib
  } finally {
    await place.close()
  }
}

const heading = ['store', 'tokens stored', 's to start', 'RSS MiB', 'bytes each']
const figures = Object.keys(kinds).flatMap((kind) => [`${kind}/s`, 'p99 ms', 'CPU ms'])
const lists = ['list ms', 'others wait ms', 'list kB']
print(...heading, ...figures, ...lists)
print(...[...heading, ...figures, ...lists].map(() => '---'))
for (const store of stores.filter((name) => name.includes(only))) {
  let base = 0
  for (const count of counts) {
    const rest = await measureCount(store, count, base)
    base ||= rest
  }
}
