import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { proxyTo, type TcpProxy } from '../storage/proxy.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { type Credentials, tokenPath } from '../support/server.ts'
import { form, issuer, newFolder, type Reply, type ServerProcess, start } from './server-process.ts'

const pepper = { OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course' }
const stalenessSeconds = 6
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

async function assertionLogin(server: ServerProcess, clientId: string): Promise<Reply> {
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(pair.privateKey)
  return await server.call(tokenPath, {
    ...form({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
}

interface Running {
  readonly server: ServerProcess
  readonly proxy: TcpProxy
  readonly bySecret: Credentials
  readonly keyClient: string
  readonly manage: (method: string, path: string, body?: object) => Promise<Reply>
}

async function running(extra: Record<string, string> = {}): Promise<Running> {
  const { proxy, env } = await proxied()
  const server = await start(await newFolder(), {
    ...env,
    OSTIARY_STORAGE_MAX_STALENESS_SECONDS: String(stalenessSeconds),
    ...extra,
  })
  const root = await server.root()
  const bySecret = (await server.manage(root, 'POST', accountsPath, wanted())).body
  const publicKey = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' }
  const keyed = wanted({ tokenEndpointAuthMethod: 'private_key_jwt', publicKey })
  const keyClient = (await server.manage(root, 'POST', accountsPath, keyed)).body.clientId
  const token = (await server.token(root)).body.access_token
  const manage = (method: string, path: string, body?: object) =>
    server.call(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'client-key': root.clientKey,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  return { server, proxy, bySecret, keyClient, manage }
}

function expectAway({ status, headers }: Reply): void {
  expect(status).toBe(503)
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  expect(headers['cache-control']).toBe('no-store')
}

async function expectAllWell({ server, bySecret, keyClient, manage }: Running): Promise<void> {
  expect(
    await eventually(async () => (await server.call('/-/ready')).body.status === 'ready'),
  ).toBe(true)
  expect((await server.token(bySecret)).status).toBe(200)
  expect((await assertionLogin(server, keyClient)).status).toBe(200)
  expect((await manage('POST', accountsPath, wanted())).status).toBe(201)
}

describeMongo('a store that goes silent while the server runs', () => {
  test('costs changes and assertions at once, secrets after the bound, and nothing for good', async () => {
    // Far below the staleness, so that secrets are asked for well within it.
    const all = await running({ OSTIARY_STORAGE_TIMEOUT_SECONDS: '1' })
    const { server, proxy, bySecret, keyClient, manage } = all
    await expectAllWell(all)
    const revocable = (await server.token(bySecret)).body.access_token
    proxy.become('silent')
    const silentAt = performance.now()
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
    const over = await eventually(async () => (await server.token(bySecret)).status === 503)
    expect(over).toBe(true)
    expect(performance.now() - silentAt).toBeGreaterThan(stalenessSeconds * 1000 - 500)
    expectAway(await server.token(bySecret))
    expectAway(await server.token({ ...bySecret, clientSecret: 'wrong' }))
    const headers = { authorization: `Bearer ${revocable}` }
    expectAway(await server.call('/tokeninfo', { headers }))
    const unavailable = await server.call('/-/ready')
    expect([unavailable.status, unavailable.body.status]).toEqual([503, 'unavailable'])
    proxy.become('passing')
    await expectAllWell(all)
    expect((await server.call('/tokeninfo', { headers })).status).toBe(200)
    await server.says(/"message":"the store is back"/)
    const told = server
      .log()
      .split('\n')
      .filter((line) => line.includes('"the store is '))
    expect(told.map((line) => JSON.parse(line).message)).toEqual([
      'the store is away',
      'the store is back',
    ])
    expect(server.log()).not.toContain('"stack"')
  }, 60_000)

  test('gathers no requests: hundreds of them are answered, and it recovers', async () => {
    const all = await running({ OSTIARY_STORAGE_TIMEOUT_SECONDS: '2' })
    all.proxy.become('silent')
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => all.manage('GET', accountsPath)),
    )
    for (const answer of answers) expectAway(answer)
    all.proxy.become('passing')
    await expectAllWell(all)
  }, 60_000)
})

describeMongo('a store that refuses connections while the server runs', () => {
  test('is answered for with 503, and is back as soon as it is back', async () => {
    const all = await running()
    for (let n = 0; n < 5; n += 1) {
      const cut = all.manage('POST', accountsPath, wanted())
      all.proxy.become('refusing')
      expectAway(await all.manage('POST', accountsPath, wanted()))
      expect([201, 503]).toContain((await cut).status)
      expect((await all.server.token(all.bySecret)).status).toBe(200)
      all.proxy.become('passing')
      await expectAllWell(all)
    }
  }, 60_000)
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
