import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { ostiary } from '../cli/command-line.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { newFolder, type Root, type ServerProcess, start } from './server-process.ts'

/** A minute where all is tested, longer by hand (600), and a few rounds while somebody works on it. */
const seconds = Number(process.env['OSTIARY_SOAK_SECONDS'] ?? (process.env['CI'] ? 60 : 10))

/** A token: the value that must work, and all that must not. */
interface Held {
  readonly id: string
  good: string | undefined
  readonly bad: Set<string>
}

interface Soak {
  server: ServerProcess
  readonly dir: string
  readonly root: Root
  readonly path: string
  readonly tokens: Held[]
  readonly done: Map<string, number>
}

const env = { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' }
const mostTokens = 12

const manage = async ({ server, root, path }: Soak, method: string, below: string, body?: object) =>
  await server.manage(root, method, `${path}${below}`, body)

async function create(soak: Soak): Promise<void> {
  const name = `token ${soak.tokens.length}`
  const { status, body } = await manage(soak, 'POST', '/tokens', { name })
  expect(status).toBe(201)
  soak.tokens.push({ id: body.id, good: body.token, bad: new Set() })
}

/** Any token that was not deleted yet. */
function someToken({ tokens }: Soak): Held | undefined {
  const live = tokens.filter(({ good }) => good !== undefined)
  return live[Math.floor(Math.random() * live.length)]
}

function replace(held: Held, value: string | undefined): void {
  if (held.good !== undefined) held.bad.add(held.good)
  held.good = value
}

async function regenerate(soak: Soak): Promise<void> {
  const held = someToken(soak)
  if (!held) return
  const { status, body } = await manage(soak, 'POST', `/tokens/${held.id}/regenerate`, {})
  expect(status).toBe(200)
  replace(held, body.token)
}

async function remove(soak: Soak): Promise<void> {
  const held = someToken(soak)
  if (!held) return
  expect((await manage(soak, 'DELETE', `/tokens/${held.id}`)).status).toBe(204)
  replace(held, undefined)
}

const isGood = async ({ server }: Soak, value: string): Promise<boolean> => {
  const { status } = await server.call('/tokeninfo', {
    headers: { authorization: `Bearer ${value}` },
  })
  expect([200, 401]).toContain(status)
  return status === 200
}

async function disable(soak: Soak): Promise<void> {
  await manage(soak, 'PATCH', '', { state: 'disabled' })
  for (const { good } of soak.tokens) if (good) expect(await isGood(soak, good)).toBe(false)
  await manage(soak, 'PATCH', '', { state: 'enabled' })
}

async function rotateKeys({ dir }: Soak): Promise<void> {
  const rotated = await ostiary(['keys', 'rotate', '--now', '--json'], {
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: 'ES256',
  })
  expect(rotated).toMatchObject({ code: 0, stderr: '', json: { pruned: [] } })
}

async function restart(soak: Soak): Promise<void> {
  soak.server.child.kill('SIGKILL')
  await soak.server.exit
  soak.server = await start(soak.dir, env)
}

/** Killed in the middle: the former value or another works, never both, and what was told works. */
async function crash(soak: Soak): Promise<void> {
  const held = someToken(soak)
  if (!held?.good) return
  const former = held.good
  const asked = manage(soak, 'POST', `/tokens/${held.id}/regenerate`, {}).catch(() => undefined)
  const pause = new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
  await Promise.race([asked, pause])
  await restart(soak)
  const told = await asked
  if (told?.status === 200) replace(held, told.body.token)
  else if (!(await isGood(soak, former))) {
    // It was made, and nobody was told: whoever holds the account makes another.
    replace(held, undefined)
    const { body } = await manage(soak, 'POST', `/tokens/${held.id}/regenerate`, {})
    held.good = body.token
  }
}

const steps = { create, regenerate, remove, disable, rotateKeys, crash, restart } as const
type Step = keyof typeof steps
const order: readonly Step[] = [
  'create',
  'create',
  'regenerate',
  'crash',
  'rotateKeys',
  'regenerate',
  'disable',
  'create',
  'restart',
  'remove',
]

/** Every value that was ever told, against what the server says of it. */
async function compare(soak: Soak): Promise<void> {
  for (const { id, good, bad } of soak.tokens) {
    if (good) expect([id, await isGood(soak, good)]).toEqual([id, true])
    for (const value of bad) expect([id, await isGood(soak, value)]).toEqual([id, false])
  }
}

/** The same against what offline verifiers are told. */
async function compareLists(soak: Soak): Promise<void> {
  const uris = new Map<string, Promise<Buffer>>()
  const read = async (uri: string) => inflated((await soak.server.call(new URL(uri).pathname)).text)
  const isRevoked = async (value: string): Promise<boolean> => {
    const { status }: { status?: { status_list: { uri: string; idx: number } } } = decodeJwt(value)
    const { uri = '', idx = 0 } = status?.status_list ?? {}
    const reading = uris.get(uri) ?? read(uri)
    uris.set(uri, reading)
    const list = await reading
    return (((list[idx >>> 3] ?? 0) >>> (idx & 7)) & 1) === 1
  }
  const wrongOf = async ({ id, good, bad }: Held): Promise<readonly string[]> => {
    const isWrong = good !== undefined && (await isRevoked(good))
    const revoked = await Promise.all([...bad].map(isRevoked))
    return isWrong || revoked.includes(false) ? [id] : []
  }
  await eventually(
    async () => {
      uris.clear()
      return (await Promise.all(soak.tokens.map(wrongOf))).flat()
    },
    (wrong) => wrong.length === 0,
  )
}

function inflated(jwt: string): Buffer {
  const { status_list: list }: { status_list?: { lst: string } } = decodeJwt(jwt)
  return inflateSync(Buffer.from(list?.lst ?? '', 'base64url'))
}

test(
  'tokens that live long are right through rotations, revocations, crashes and restarts',
  async () => {
    const dir = await newFolder()
    const server = await start(dir, env)
    const root = await server.root()
    const { body } = await server.manage(root, 'POST', accountsPath, wanted())
    const path = `${accountsPath}/${body.clientId}`
    const soak: Soak = { server, dir, root, path, tokens: [], done: new Map() }
    const end = performance.now() + seconds * 1000
    for (let at = 0; performance.now() < end || at < order.length; at += 1) {
      const step = order[at % order.length] ?? 'create'
      if (step === 'create' && soak.tokens.length >= mostTokens) continue
      await steps[step](soak)
      soak.done.set(step, (soak.done.get(step) ?? 0) + 1)
      await compare(soak)
      if (at % 5 === 4) await compareLists(soak)
    }
    expect([...soak.done.keys()].toSorted()).toEqual(Object.keys(steps).toSorted())
  },
  (seconds + 120) * 1000,
)
