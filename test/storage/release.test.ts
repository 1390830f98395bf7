import { createPrivateKey, randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { verifyLog } from '../../src/domain/audit/verify.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { accountsPath } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Database, describeMongo } from './mongo-database.ts'
import { known, releaseFile, restoredDatabase } from './release-store.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function start(env: Record<string, string>, dir: string): Promise<TestServer> {
  const server = await startTestServer({
    beside: { env: { OSTIARY_SECRET_PEPPER: known.pepper, ...env }, dir },
    admin: known.root,
  })
  undo.push(() => server.close())
  return server
}

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-release-'))
  undo.push(() => rm(dir, { recursive: true }))
  await mkdir(join(dir, 'data'))
  return dir
}

async function onSqlite(): Promise<TestServer> {
  const dir = await newFolder()
  await cp(releaseFile('ostiary.db'), join(dir, 'data', 'ostiary.db'))
  return await start({}, dir)
}

async function restored(): Promise<Database> {
  const database = await restoredDatabase()
  undo.push(() => database.drop())
  return database
}

async function onMongo(): Promise<TestServer> {
  const database = await restored()
  return await start({ OSTIARY_STORAGE_URI: database.uri }, await newFolder())
}

/** What the release left must work, whatever store it was in. */
function everythingWorks(open: () => Promise<TestServer>, left: (typeof known)['sqlite']): void {
  test('its accounts log in by each of their secrets, and by key', async () => {
    const server = await open()
    const { clientId, clientSecret } = left.bySecret
    expect((await server.token({ clientId, clientSecret })).status).toBe(200)
    expect((await server.token({ clientId, clientSecret: left.second })).status).toBe(200)
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'release' })
      .setIssuer(left.byKey)
      .setSubject(left.byKey)
      .setAudience(server.url)
      .setIssuedAt()
      .setExpirationTime('60 s')
      .sign(createPrivateKey(known.privateKey))
    const answer = await server.call('/api/m2m/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    })
    expect(answer.status).toBe(200)
  })

  test('what was disabled or deleted in it stays so', async () => {
    const server = await open()
    expect((await server.token(left.disabled)).status).toBe(401)
    expect((await server.manage('GET', `${accountsPath}/${left.gone}`)).status).toBe(404)
    expect(
      (
        await server.manage('PATCH', `${accountsPath}/${left.disabled.clientId}`, {
          state: 'enabled',
        })
      ).status,
    ).toBe(200)
    expect((await server.token(left.disabled)).status).toBe(200)
  })

  test('its names are taken, its client key opens, and its accounts can be changed', async () => {
    const server = await open()
    const wanted = { permissions: [], tokenEndpointAuthMethod: 'client_secret_basic' }
    const taken = await server.manage('POST', accountsPath, { ...wanted, name: 'By Secret' })
    expect(taken.body).toMatchObject({ code: 'name.taken', field: 'name' })
    expect((await server.manage('POST', accountsPath, { ...wanted, name: 'gone' })).status).toBe(
      201,
    )
    const changed = await server.manage('PATCH', `${accountsPath}/${left.byKeySet}`, {
      description: 'new',
    })
    expect(changed.body).toMatchObject({
      description: 'new',
      jwksUri: 'https://keys.example/jwks.json',
    })
  })

  test('a credential in it is deleted together with the tokens that it was given', async () => {
    const server = await open()
    const { clientId } = left.bySecret
    const path = `${accountsPath}/${clientId}/credentials`
    const tokens = []
    for (const clientSecret of [left.bySecret.clientSecret, left.second]) {
      tokens.push((await server.token({ clientId, clientSecret })).body.access_token)
    }
    const check = (token: string) =>
      server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })
    const [named] = await Promise.all(tokens.map(check))
    const id = named?.body.credential_id
    expect((await server.manage('DELETE', `${path}/${id}`)).status).toBe(204)
    const statuses = (await Promise.all(tokens.map(check))).map(({ status }) => status)
    expect(statuses).toEqual([401, 200])
  })

  test('its entries are found by who made them', async () => {
    const server = await open()
    const ofTarget = new URLSearchParams({ target: left.byKey })
    const [entry] = (await server.manage('GET', `/api/audit?${ofTarget}`)).body
    const byActor = new URLSearchParams({ actor: entry.actor.id, target: left.byKey })
    const found = await server.manage('GET', `/api/audit?${byActor}`)
    expect(found.body).toContainEqual(entry)
  })

  test('when its credentials were last used is still known, and from where as soon as one is used again', async () => {
    const server = await open()
    const { clientId, clientSecret } = left.bySecret
    const read = async () => {
      const path = `${accountsPath}/${clientId}/credentials`
      const { body } = await server.manage('GET', path)
      const uses: { lastUsedAt?: string; lastUsedFrom?: string }[] = body
      return uses.filter(({ lastUsedAt }) => lastUsedAt !== undefined)
    }
    const before = await read()
    expect(before.length).toBeGreaterThan(0)
    expect(before.map(({ lastUsedFrom }) => lastUsedFrom)).toEqual(before.map(() => undefined))
    expect((await server.token({ clientId, clientSecret })).status).toBe(200)
    // Uses are written once a minute: the first time may have been before this one.
    server.clock.offset += 61_000
    const after = await eventually(read, (uses) => uses.some(({ lastUsedFrom }) => lastUsedFrom))
    expect(after.map(({ lastUsedFrom }) => lastUsedFrom)).toContain('127.0.0.1')
  })

  test('its log is sound, also after entries of this release', async () => {
    const server = await open()
    // About these alone: meanwhile the server signs a log in which so much is new.
    const entriesOf = (target: string) =>
      server.manage('GET', `/api/audit?${new URLSearchParams({ target })}`)
    const all = await server.manage('GET', '/api/audit')
    const before = await entriesOf(left.byKey)
    await server.manage('POST', `${accountsPath}/${left.byKey}/revoke-tokens`)
    const after = await entriesOf(left.byKey)
    expect(Number(after.headers.get('x-total-count'))).toBe(
      Number(before.headers.get('x-total-count')) + 1,
    )
    expect(after.body[0]).toMatchObject({ action: 'account.revoke_tokens', scope: ['root'] })
    expect(all.body.map(({ action }: { action: string }) => action)).toContain('token.revoke')
  })
}

describe('a SQLite store that the release 0.1.0 made', () => {
  everythingWorks(onSqlite, known.sqlite)

  test('has a chain of hashes that this release verifies', async () => {
    const dir = await newFolder()
    await cp(releaseFile('ostiary.db'), join(dir, 'ostiary.db'))
    const store = await openSqlite(join(dir, 'ostiary.db'))
    undo.push(() => store.close())
    expect(await verifyLog(store)).toMatchObject({ isSound: true })
  })
})

describeMongo('a MongoDB database that the release 0.1.0 made', () => {
  everythingWorks(onMongo, known.mongo)

  test('has a chain of hashes that this release verifies', async () => {
    const store = await (await restored()).open()
    expect(await verifyLog(store)).toMatchObject({ isSound: true })
  })

  test('gets every unique index that the rows of records ask for, whenever it is opened', async () => {
    const database = await restored()
    const db = await database.raw()
    await db.collection('account').dropIndex('key_name')
    await database.open()
    const names = (await db.collection('account').indexes()).map(({ name }) => name)
    expect(names).toContain('key_name')
  })
})
