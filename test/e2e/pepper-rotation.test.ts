import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from '@jest/globals'
import { newPepperKey } from '../../src/domain/secret.ts'
import { operator, ostiary } from '../cli/command-line.ts'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore, type TestStore } from '../support/stores.ts'

const page = await readFile(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8')
const section = page.slice(page.indexOf('### Change the pepper'), page.indexOf('## Storage'))
/** What the page tells to type, in its order. */
const [inFolder = '', inSettings = '', status = '', rotate = '', atTheEnd = ''] = [
  ...section.matchAll(/```\n([\s\S]*?)```/g),
].map(([, block = '']) => block)

const run = promisify(execFile)
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Env = Record<string, string>

/** Types a block into a shell; answers what it has exported of our settings. */
async function typed(block: string, cwd: string, env: Env): Promise<Env> {
  const script = `set -eu\n${block}\nenv -0`
  const { stdout } = await run('sh', ['-c', script], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
  })
  const given = stdout.split('\0').flatMap((line) => {
    const [name = '', ...rest] = line.split('=')
    return name.startsWith('OSTIARY_') ? [[name, rest.join('=')] as const] : []
  })
  return Object.fromEntries(given)
}

/** The words of a printed command after `npx ostiary`. */
const words = (block: string) => block.trim().replace('npx ostiary ', '').split(' ')

async function place(store: TestStore) {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-pepper-'))
  const fresh = store.fresh()
  ends.push(() => rm(dir, { recursive: true }), fresh.drop)
  let running: TestServer | undefined
  ends.push(async () => await running?.close())
  const start = async (env: Env) => {
    await running?.close()
    running = await startTestServer({ beside: { dir, env } })
    return running
  }
  return { dir, env: fresh.env, start }
}

onEachStore('the change of the pepper, as the page prints it,', (store) => {
  test('runs to its end: who logged in meanwhile goes on, who did not was named before', async () => {
    const { dir, start, env: first } = await place(store)
    let server = await start(first)
    const made = async (): Promise<Credentials> =>
      (await server.manage('POST', accountsPath, wanted())).body
    const [busy, idle] = [await made(), await made()]
    const statusOf = async (who: Credentials) => (await server.token(who)).status

    const path = `${accountsPath}/${busy.clientId}`
    const tagOf = async () => (await server.manage('GET', path)).headers.get('etag') ?? ''
    const seen = await tagOf()

    const block = store.name === 'SQLite' ? inFolder : inSettings
    const during = await typed(block, dir, first)
    server = await start(during)
    expect(await statusOf(busy)).toBe(200)
    expect((await server.manage('GET', accountsPath)).status).toBe(200)

    const told = async () =>
      (await ostiary([...words(status), '--json'], operator(server))).json.find(
        ({ state }: { state: string }) => state === 'retired',
      )
    const left = await eventually(told, ({ secrets, clientKeys }) => secrets + clientKeys === 1)
    expect(left).toMatchObject({ isNeeded: true, secrets: 1, clientKeys: 0 })
    expect(left.accounts).toMatchObject([{ clientId: idle.clientId }])
    const shown = (await ostiary(words(status), operator(server))).stdout
    expect(shown).toContain(idle.clientId)
    expect(shown).toContain('it would lock these out')
    expect(shown).not.toContain(busy.clientId)

    // What an operator had read before the change of the pepper is still the newest.
    expect(await tagOf()).toBe(seen)
    const patched = await server.manage('PATCH', path, { description: 'x' }, { 'if-match': seen })
    expect(patched.status).toBe(200)

    const rotation = words(rotate).map((word) => (word === '<client-id>' ? idle.clientId : word))
    const { json } = await ostiary([...rotation, '--json'], operator(server))
    expect(await told()).toMatchObject({ isNeeded: false, secrets: 0, accounts: [] })
    expect((await ostiary(words(status), operator(server))).stdout).toContain('may be taken out')

    server = await start(await typed(atTheEnd, dir, during))
    expect((await server.manage('GET', '/api/peppers')).body).toMatchObject([{ state: 'current' }])
    expect((await server.manage('GET', accountsPath)).status).toBe(200)
    expect(await statusOf(busy)).toBe(200)
    expect(await statusOf({ ...idle, clientSecret: json.clientSecret })).toBe(200)
    expect(await statusOf(idle)).toBe(401)
    const { body } = await server.manage('GET', `/api/audit?target=${busy.clientId}`)
    expect(body.map(({ action }: { action: string }) => action)).toEqual([
      'account.update',
      'credential.redigest',
      'account.create',
    ])
  }, 60_000)

  test('that ends too early refuses exactly those whom the status named', async () => {
    const { dir, start, env: first } = await place(store)
    let server = await start(first)
    const idle = (await server.manage('POST', accountsPath, wanted())).body
    const block = store.name === 'SQLite' ? inFolder : inSettings
    const during = await typed(block, dir, first)
    server = await start(during)
    const told = async () => (await server.manage('GET', '/api/peppers')).body
    await eventually(told, ([, retired]) => retired.secrets + retired.clientKeys === 1)
    server = await start(await typed(atTheEnd, dir, during))
    expect((await server.token(idle)).status).toBe(401)
    const [current, missing] = await told()
    expect([current.state, missing.state]).toEqual(['current', 'missing'])
    expect(missing.accounts).toMatchObject([{ clientId: idle.clientId }])
  }, 60_000)
})

describeMongo('the change of the pepper over several processes', () => {
  const [former, next] = [newPepperKey().reveal(), newPepperKey().reveal()]
  const peppers = (current: string, ...others: string[]): Env => ({
    OSTIARY_SECRET_PEPPER: current,
    OSTIARY_SECRET_RETIRED_PEPPERS: others.join(','),
  })

  test('refuses nobody on any of them, when each knew the next one before', async () => {
    const database = newDatabase()
    ends.push(() => database.drop())
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-pepper-'))
    ends.push(() => rm(dir, { recursive: true }))
    const begin = async (env: Env) => {
      const beside = { dir, env: { ...env, OSTIARY_STORAGE_URI: database.uri } }
      const server = await startTestServer({ beside })
      const close = async () => {
        ends.splice(ends.indexOf(close), 1)
        await server.close()
      }
      ends.push(close)
      return { ...server, close }
    }
    const [one, two] = [await begin(peppers(former, next)), await begin(peppers(former, next))]
    const busy = (await one.manage('POST', accountsPath, wanted())).body
    const path = `${accountsPath}/${busy.clientId}/credentials`
    const pepperOn = async (server: TestServer) =>
      (await server.manage('GET', path)).body[0].pepperId
    const before = await pepperOn(one)

    await one.close()
    const turned = await begin(peppers(next, former))
    expect((await turned.token(busy)).status).toBe(200)
    expect(await eventually(async () => (await pepperOn(turned)) !== before)).toBe(true)
    // The other one was not restarted yet: it goes on by what it was told, and renews nothing back.
    expect((await two.token(busy)).status).toBe(200)
    expect((await two.manage('GET', accountsPath)).status).toBe(200)

    await two.close()
    const last = await begin(peppers(next, former))
    for (const server of [turned, last]) {
      expect((await server.token(busy)).status).toBe(200)
      expect((await server.manage('GET', accountsPath)).status).toBe(200)
    }
    const needed = async () => (await last.manage('GET', '/api/peppers')).body[1].isNeeded
    expect(await eventually(needed, (isNeeded) => !isNeeded)).toBe(false)
    await turned.close()
    const without = await begin(peppers(next))
    expect((await without.token(busy)).status).toBe(200)
    expect((await without.manage('GET', accountsPath)).status).toBe(200)
  }, 60_000)
})
