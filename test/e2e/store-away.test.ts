import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { proxyTo, type TcpProxy } from '../storage/proxy.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import {
  type Answer,
  type Credentials,
  startTestServer,
  type TestServer,
} from '../support/server.ts'
import { newFolder, start } from './server-process.ts'
import { login } from './support/assertions.ts'

const pepper = { OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course' }
const stalenessSeconds = 60
const pair = generateKeyPairSync('ed25519')
const opened: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A database that is reached through a proxy, and where the proxy leads to. */
async function proxied() {
  const database = newDatabase()
  opened.push(() => database.drop())
  const uri = new URL(database.uri)
  const proxy = await proxyTo(Number(uri.port || 27017), uri.hostname)
  opened.push(() => proxy.close())
  uri.host = `127.0.0.1:${proxy.port}`
  return { proxy, env: { ...pepper, OSTIARY_STORAGE_URI: uri.href } }
}

async function assertionLogin(server: TestServer, clientId: string): Promise<Answer> {
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
    .setAudience(server.url)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(pair.privateKey)
  return await login(server, assertion, { client_id: clientId })
}

interface Running {
  readonly server: TestServer
  readonly proxy: TcpProxy
  readonly bySecret: Credentials
  readonly keyClient: string
  readonly manage: (method: string, path: string, body?: object) => Promise<Answer>
}

async function running(timeoutSeconds: number): Promise<Running> {
  const { proxy, env } = await proxied()
  const server = await startTestServer({
    env: {
      ...env,
      OSTIARY_STORAGE_MAX_STALENESS_SECONDS: String(stalenessSeconds),
      OSTIARY_STORAGE_TIMEOUT_SECONDS: String(timeoutSeconds),
    },
  })
  opened.push(() => server.close())
  const publicKey = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' }
  const keyed = wanted({ tokenEndpointAuthMethod: 'private_key_jwt', publicKey })
  const made = async (body: object) =>
    await eventually(
      () => server.manage('POST', accountsPath, body),
      ({ status }) => status === 201,
    )
  const bySecret = (await made(wanted())).body
  const keyClient = (await made(keyed)).body.clientId
  const authorization = `Bearer ${await server.adminToken()}`
  const manage = (method: string, path: string, body?: object) =>
    server.manage(method, path, body, { authorization })
  return { server, proxy, bySecret, keyClient, manage }
}

function expectAway({ status, headers }: Answer): void {
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(headers.get('cache-control')).toBe('no-store')
}

/** In the end: on a busy machine the store may seem away for another moment. */
async function expectInTheEnd(status: number, ask: () => Promise<Answer>): Promise<void> {
  const answer = await eventually(ask, (given) => given.status === status)
  expect(answer.status).toBe(status)
}

async function expectAllWell({ server, bySecret, keyClient, manage }: Running): Promise<void> {
  expect(
    await eventually(async () => (await server.call('/-/ready')).body.status === 'ready'),
  ).toBe(true)
  await expectInTheEnd(200, () => server.token(bySecret))
  await expectInTheEnd(200, () => assertionLogin(server, keyClient))
  await expectInTheEnd(201, () => manage('POST', accountsPath, wanted()))
}

describeMongo('a store that goes silent while the server runs', () => {
  test('costs changes and assertions at once, secrets after the bound, and nothing for good', async () => {
    // Far below the staleness, so that secrets are asked for well within it.
    const all = await running(2)
    const { server, proxy, bySecret, keyClient, manage } = all
    await expectAllWell(all)
    const revocable = (await server.token(bySecret)).body.access_token
    proxy.become('silent')
    const turned = eventually(
      async () => (await server.call('/-/ready')).body.status === 'degraded',
    )
    const [assertion, change, list] = await Promise.all([
      assertionLogin(server, keyClient),
      manage('POST', accountsPath, wanted({ name: 'made while away' })),
      manage('GET', accountsPath),
    ])
    expect(await turned).toBe(true)
    for (const answer of [assertion, change, list]) expectAway(answer)
    expect(assertion.body).toMatchObject({ error: 'temporarily_unavailable' })
    expect(change.body).toMatchObject({ statusCode: 503, code: 'store.unavailable' })
    expect((await server.token(bySecret)).status).toBe(200)
    expect((await server.token({ ...bySecret, clientSecret: 'wrong' })).status).toBe(401)
    const degraded = await server.call('/-/ready')
    expect([degraded.status, degraded.body.checks.store]).toEqual([200, 'stale'])
    expect((await server.call('/-/ready?for=changes')).status).toBe(503)
    expect((await server.call('/-/healthz')).status).toBe(200)
    expect((await server.call('/.well-known/jwks.json')).status).toBe(200)
    expect((await server.token(bySecret)).status).toBe(200)
    server.clock.offset += stalenessSeconds * 1000
    expectAway(await server.token(bySecret))
    expectAway(await server.token({ ...bySecret, clientSecret: 'wrong' }))
    const headers = { authorization: `Bearer ${revocable}` }
    expectAway(await server.call('/tokeninfo', { headers }))
    const unavailable = await server.call('/-/ready')
    expect([unavailable.status, unavailable.body.status]).toEqual([503, 'unavailable'])
    proxy.become('passing')
    await expectAllWell(all)
    await expectInTheEnd(200, () => server.call('/tokeninfo', { headers }))
    const told = () =>
      server.logged
        .map((line) => JSON.parse(line))
        .filter(({ message, forSeconds }) => message.startsWith('the store is ') && !forSeconds)
        .map(({ message }) => message)
    expect(await eventually(() => told().at(-1) === 'the store is back')).toBe(true)
    // Each turn is told once; on a busy machine there may be more of them.
    expect(told()).toEqual(
      told().map((_, index) => (index % 2 === 0 ? 'the store is away' : 'the store is back')),
    )
    expect(server.logged.join('')).not.toContain('"stack"')
  })

  test('gathers no requests: hundreds of them are answered, and it recovers', async () => {
    const all = await running(2)
    all.proxy.become('silent')
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => all.manage('GET', accountsPath)),
    )
    for (const answer of answers) expectAway(answer)
    all.proxy.become('passing')
    await expectAllWell(all)
  })
})

describeMongo('a store that refuses connections while the server runs', () => {
  test('is answered for with 503, and is back as soon as it is back', async () => {
    const all = await running(3)
    for (let n = 0; n < 5; n += 1) {
      const cut = all.manage('POST', accountsPath, wanted())
      all.proxy.become('refusing')
      expectAway(await all.manage('POST', accountsPath, wanted()))
      expect([201, 503]).toContain((await cut).status)
      expect((await all.server.token(all.bySecret)).status).toBe(200)
      all.proxy.become('passing')
      await expectAllWell(all)
    }
  })
})

test('health answers whatever the Host header says, and before the store is there', async () => {
  const server = await start(await newFolder())
  for (const host of ['10.1.2.3:3000', 'evil.example', '']) {
    for (const path of ['/-/healthz', '/-/ready', '/-/ready?for=changes']) {
      expect((await server.call(path, { headers: { host } })).status).toBe(200)
    }
  }
  expect((await server.call('/-/ready?for=change')).status).toBe(400)
  const { body } = await server.call('/-/ready')
  const checks = { store: 'ok', keys: 'ok', process: 'ok', clock: 'ok' }
  expect(body).toEqual({ status: 'ready', checks })
})
