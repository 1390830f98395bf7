import { randomBytes } from 'node:crypto'
import { rootPermissionNames } from '../../src/domain/access/permissions.ts'
import { newTokenId } from '../../src/domain/ids.ts'
import { listId, listLength } from '../../src/domain/status-lists/status-list.ts'
import type { Token } from '../../src/domain/tokens/token.ts'
import { fill, fillWith } from './fill.ts'
import { measure, medianOf, type Shot, volley } from './load.ts'
import type { Measured } from './processes.ts'
import type { Client } from './seed.ts'
import { openPlace, type Place, type StoreName, startServer, stores } from './servers.ts'

// npm run bench:tokens: introspections, and management calls made with project tokens, while so many project tokens
// are stored; how large the process is. OSTIARY_BENCH_TOKENS=<counts> takes other counts, OSTIARY_BENCH_ONLY=<text>
// one store.
const counts = (process.env['OSTIARY_BENCH_TOKENS'] ?? '1000,100000,1000000').split(',').map(Number)
const only = process.env['OSTIARY_BENCH_ONLY'] ?? ''
const accounts = 2000
const samples = 500
const requests = 3000
const rounds = 5
const atOnce = 100_000
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
      status: { list: listId(Math.floor(n / listLength)), index: n % listLength },
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

/** Tokens that are good, made as anybody makes them. */
async function makeTokens(
  { url }: Measured,
  admin: Client,
  clients: readonly Client[],
): Promise<readonly string[]> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic(admin) }
  const login = await fetch(new URL('/api/m2m/oauth/token', url), { method: 'POST', headers, body })
  const { access_token: token } = await answered(login)
  const made: string[] = []
  for (let n = 0; n < samples; n += 1) {
    const path = `/api/service-accounts/${clients[n % clients.length]?.clientId}/tokens`
    const reply = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `sample ${n}` }),
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
    const others = await fill(place, 10)
    const [admin] = await fill(place, 1, () => all)
    if (!admin) throw new Error('no account was made')
    await fillTokens(place, count, clients)
    const server = await startServer(place, 'ES256')
    const restMib = server.rssMib()
    const bytes = base === 0 ? '–' : (((restMib - base) * 1024 * 1024) / count).toFixed(0)
    const tokens = await makeTokens(server, admin, others)
    const cells = await measureKinds(server, tokens, admin)
    print(store, count, (server.startMs / 1000).toFixed(1), restMib.toFixed(0), bytes, ...cells)
    await server.stop()
    return restMib
  } finally {
    await place.close()
  }
}

const heading = ['store', 'tokens stored', 's to start', 'RSS MiB', 'bytes each']
const figures = Object.keys(kinds).flatMap((kind) => [`${kind}/s`, 'p99 ms', 'CPU ms'])
print(...heading, ...figures)
print(...[...heading, ...figures].map(() => '---'))
for (const store of stores.filter((name) => name.includes(only))) {
  let base = 0
  for (const count of counts) {
    const rest = await measureCount(store, count, base)
    base ||= rest
  }
}
