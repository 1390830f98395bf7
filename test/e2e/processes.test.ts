import { existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { folderPlace } from '../../src/signing/folder.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { basic } from '../support/server.ts'
import {
  endKept,
  form,
  keepForSuite,
  newFolder,
  type Root,
  type ServerProcess,
  start,
} from './server-process.ts'

const common = {
  OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
  // These tests ask again and again until an answer changes.
  OSTIARY_OAUTH_THROTTLE_FAILURES: '0',
}

describeMongo('several processes on one MongoDB database', () => {
  const databases: ReturnType<typeof newDatabase>[] = []
  let keys: string
  let one: ServerProcess
  let two: ServerProcess
  let root: Root

  async function shared() {
    const database = newDatabase()
    databases.push(database)
    const dir = join(await newFolder(), 'keys')
    return { ...common, OSTIARY_STORAGE_URI: database.uri, OSTIARY_KEYS_DIR: dir }
  }

  beforeAll(async () => {
    const env = await shared()
    keys = env.OSTIARY_KEYS_DIR
    one = await start(await newFolder(), env)
    two = await start(await newFolder(), env)
    root = await one.root()
    keepForSuite()
  })

  afterAll(async () => {
    await endKept()
    for (const database of databases) await database.drop()
  })

  const create = async (server: ServerProcess, root: Root, given = {}) =>
    (await server.manage(root, 'POST', accountsPath, wanted(given))).body
  const logsIn = async (server: ServerProcess, clientId: string, clientSecret: string) =>
    (await server.token({ clientId, clientSecret })).status
  const isActive = async (server: ServerProcess, root: Root, token: string) => {
    const answer = await server.call('/api/m2m/oauth/introspect', {
      ...form({ token }),
      headers: {
        authorization: basic(root),
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
    return answer.body.active
  }

  test('follow what one of them changed', async () => {
    const { clientId, clientSecret } = await create(one, root)
    const path = `${accountsPath}/${clientId}`
    const seen = (status: number, secret = clientSecret) =>
      eventually(async () => (await logsIn(two, clientId, secret)) === status)
    expect(await seen(200)).toBe(true)
    const rotated = (await one.manage(root, 'POST', `${path}/rotate`, { overlapSeconds: 0 })).body
    expect(await seen(200, rotated.clientSecret)).toBe(true)
    expect(await seen(401)).toBe(true)
    const { clientSecret: fresh } = rotated
    const token = (await two.token({ clientId, clientSecret: fresh })).body.access_token
    expect(await isActive(two, root, token)).toBe(true)
    await one.manage(root, 'PATCH', path, { state: 'disabled' })
    expect(await seen(401, fresh)).toBe(true)
    expect(await isActive(two, root, token)).toBe(false)
    await one.manage(root, 'PATCH', path, { state: 'enabled' })
    expect(await seen(200, fresh)).toBe(true)
    await one.manage(root, 'DELETE', path)
    expect(await seen(401, fresh)).toBe(true)
    expect((await two.manage(root, 'GET', path)).status).toBe(404)
  })

  test('refuse a token that one of them revoked', async () => {
    const who = await create(one, root)
    const token = (await one.token(who)).body.access_token
    expect(await eventually(() => isActive(two, root, token))).toBe(true)
    const revoked = await one.call('/api/m2m/oauth/revoke', {
      ...form({ token }),
      headers: { authorization: basic(who), 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(revoked.status).toBe(200)
    expect(await eventually(async () => !(await isActive(two, root, token)))).toBe(true)
    const headers = { authorization: `Bearer ${token}` }
    expect((await two.call('/tokeninfo', { headers })).status).toBe(401)
  })

  test('refuse the tokens of a credential that one of them deleted', async () => {
    const first = await create(one, root)
    const path = `${accountsPath}/${first.clientId}/credentials`
    const { id, clientSecret } = (await one.manage(root, 'POST', path, {})).body
    const tokens = [(await two.token({ ...first, clientSecret })).body.access_token]
    tokens.push((await two.token(first)).body.access_token)
    const states = () => Promise.all(tokens.map((token) => isActive(two, root, token)))
    expect(await states()).toEqual([true, true])
    expect((await one.manage(root, 'DELETE', `${path}/${id}`)).status).toBe(204)
    const endsWithin = performance.now() + 1000
    expect(await eventually(states, ([ending]) => !ending)).toEqual([false, true])
    expect(performance.now()).toBeLessThan(endsWithin)
  })

  test('know a client key at once that one of them made, and refuse it soon after its end', async () => {
    const made = (await one.manage(root, 'POST', '/api/client-keys', { name: 'console' })).body
    const bearer = await two.token(root)
    const statusOf = async (server: ServerProcess, clientKey: string) =>
      (
        await server.call(accountsPath, {
          headers: {
            authorization: `Bearer ${bearer.body.access_token}`,
            'client-key': clientKey,
          },
        })
      ).status
    expect(await statusOf(two, made.clientKey)).toBe(200)
    const path = `/api/client-keys/${made.id}`
    await one.manage(root, 'PATCH', path, { state: 'disabled' })
    expect(await eventually(async () => (await statusOf(two, made.clientKey)) === 401)).toBe(true)
    await one.manage(root, 'PATCH', path, { state: 'enabled' })
    expect(await statusOf(two, made.clientKey)).toBe(200)
    await one.manage(root, 'DELETE', path)
    expect(await eventually(async () => (await statusOf(two, made.clientKey)) === 401)).toBe(true)
  })

  test('make one account of many requests for one name', async () => {
    const body = wanted()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? one : two).manage(root, 'POST', accountsPath, body),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ])
  })

  test('sign with the next key soon after a rotation, and drop no token or request', async () => {
    const before = (await one.token(root)).body.access_token
    const kidOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
    const options = {
      place: folderPlace(keys),
      alg: 'ES256',
      now: Date.now,
      maxTokenLifetimeSeconds: 3600,
    } as const
    const { key } = await rotate({ ...options, publishSeconds: 0 })
    for (const server of [one, two]) {
      const statuses = new Set<number>()
      const hasTurned = await eventually(async () => {
        const { status, body } = await server.token(root)
        statuses.add(status)
        return kidOf(body.access_token) === key.kid
      })
      expect([hasTurned, ...statuses]).toEqual([true, 200])
      const { body } = await server.call('/.well-known/jwks.json')
      const kids = body.keys.map(({ kid }: { kid: string }) => kid)
      expect(kids.sort()).toEqual([key.kid, kidOf(before)].sort())
      const headers = { authorization: `Bearer ${before}` }
      expect((await server.call('/tokeninfo', { headers })).status).toBe(200)
    }
  })

  test('make one root account when three start at once, and one bootstrap.json logs in', async () => {
    const env = await shared()
    const dirs = await Promise.all([newFolder(), newFolder(), newFolder()])
    const servers = await Promise.all(dirs.map((dir) => start(dir, env)))
    const exists = (dir: string, name: string) =>
      access(join(dir, 'data', name)).then(
        () => true,
        () => false,
      )
    const withFile = []
    for (const server of servers) {
      if (await exists(server.dir, 'bootstrap.json')) withFile.push(server)
      expect(await exists(server.dir, 'bootstrap.pending.json')).toBe(false)
    }
    expect(withFile).toHaveLength(1)
    const root = await withFile[0]?.root()
    if (!root) throw new Error('no bootstrap.json')
    for (const server of servers) {
      expect(await eventually(async () => (await server.token(root)).status === 200)).toBe(true)
      const { body } = await server.manage(root, 'GET', accountsPath)
      expect(body.map(({ clientId }: { clientId: string }) => clientId)).toEqual([root.clientId])
    }
    const log = await servers[0]?.manage(root, 'GET', '/api/audit')
    expect(log?.body.map(({ action }: { action: string }) => action).sort()).toEqual([
      'account.create',
      'client_key.create',
      'installation.create',
      'signing_key.create',
    ])
  })
})

test('the first credentials are those of OSTIARY_BOOTSTRAP_*, and no others', async () => {
  const root = {
    clientId: 'operator',
    clientSecret: 'a-secret-of-the-operators-own',
    clientKey: 'operators-key',
  }
  const env = {
    OSTIARY_BOOTSTRAP_CLIENT_ID: root.clientId,
    OSTIARY_BOOTSTRAP_CLIENT_SECRET: root.clientSecret,
    OSTIARY_BOOTSTRAP_CLIENT_KEY: root.clientKey,
  }
  const dir = await newFolder()
  const server = await start(dir, env)
  expect(existsSync(join(dir, 'data', 'bootstrap.json'))).toBe(false)
  expect((await server.manage(root, 'GET', accountsPath)).status).toBe(200)
  expect(server.log() + server.stderr()).not.toContain(root.clientSecret)
  expect(server.log()).toContain('first start')
  server.child.kill('SIGTERM')
  await server.exit
  const changed = { ...env, OSTIARY_BOOTSTRAP_CLIENT_SECRET: 'another-secret-which-comes-late' }
  const again = await start(dir, changed)
  expect((await again.token(root)).status).toBe(200)
  const late = { ...root, clientSecret: changed.OSTIARY_BOOTSTRAP_CLIENT_SECRET }
  expect((await again.token(late)).status).toBe(401)
  expect(again.log()).toMatch(/OSTIARY_BOOTSTRAP_CLIENT_SECRET.*set and not used/)
})
