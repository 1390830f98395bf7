import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { newPepperKey } from '../../../src/domain/secret.ts'
import { describeMongo, newDatabase } from '../../storage/mongo-database.ts'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore, type TestStore } from '../../support/stores.ts'
import { secretClient } from '../support/accounts.ts'
import { afterwards, commands, type Env, newPlace, withOwn } from './place.ts'

const [inFolder = '', inSettings = '', status = '', rotate = '', atTheEnd = ''] =
  commands('### Change the pepper')
const turn = ({ name }: TestStore) => (name === 'SQLite' ? inFolder : inSettings)

const statusOf = async (server: TestServer, who: Credentials) => (await server.token(who)).status

/** What the server tells of its peppers, once but one secret needs the retired one. */
async function oneLeft(server: TestServer): Promise<void> {
  const told = async () => (await server.manage('GET', '/api/peppers')).body
  const [, retired] = await eventually(
    told,
    ([, { secrets, clientKeys }]) => secrets + clientKeys === 1,
  )
  expect(retired).toMatchObject({ state: 'retired', isNeeded: true, secrets: 1, clientKeys: 0 })
}

onEachStore('the change of the pepper, as the page prints it,', (store) => {
  test('runs to its end: who logged in meanwhile goes on, who did not was named before', async () => {
    const place = await newPlace(store)
    let server = await place.start()
    const [busy, idle] = [await secretClient(server), await secretClient(server)]
    const path = `${accountsPath}/${busy.clientId}`
    const tagOf = async () => (await server.manage('GET', path)).headers.get('etag') ?? ''
    const versionOf = (tag: string) => tag.split('.')[0]
    const seen = await tagOf()

    server = await place.start(await place.exported(turn(store)))
    expect(await statusOf(server, busy)).toBe(200)
    expect((await server.manage('GET', accountsPath)).status).toBe(200)
    await oneLeft(server)
    const shown = await place.type(status)
    expect(shown).toContain(idle.clientId)
    expect(shown).toContain('it would lock these out')
    expect(shown).not.toContain(busy.clientId)

    // What an operator had read before the change of the pepper is still the newest.
    expect(versionOf(await tagOf())).toBe(versionOf(seen))
    const patched = await server.manage('PATCH', path, { description: 'x' }, { 'if-match': seen })
    expect(patched.status).toBe(200)

    const given = await place.type(withOwn(rotate, { '<client-id>': idle.clientId }))
    const [, clientSecret = ''] = /secret +(ost\S+)/.exec(given) ?? []
    expect(await place.type(status)).toContain('may be taken out')

    server = await place.start(await place.exported(atTheEnd))
    expect((await server.manage('GET', '/api/peppers')).body).toMatchObject([{ state: 'current' }])
    expect((await server.manage('GET', accountsPath)).status).toBe(200)
    expect(await statusOf(server, busy)).toBe(200)
    expect(await statusOf(server, { ...idle, clientSecret })).toBe(200)
    expect(await statusOf(server, idle)).toBe(401)
    const { body } = await server.manage('GET', `/api/audit?target=${busy.clientId}`)
    expect(body.map(({ action }: { action: string }) => action)).toEqual([
      'account.update',
      'credential.redigest',
      'account.create',
    ])
  })

  test('that ends too early refuses exactly those whom the status named', async () => {
    const place = await newPlace(store)
    const idle = await secretClient(await place.start())
    const during = await place.start(await place.exported(turn(store)))
    expect((await during.manage('GET', accountsPath)).status).toBe(200)
    await oneLeft(during)
    const server = await place.start(await place.exported(atTheEnd))
    expect(await statusOf(server, idle)).toBe(401)
    const [current, missing] = (await server.manage('GET', '/api/peppers')).body
    expect([current.state, missing.state]).toEqual(['current', 'missing'])
    expect(missing.accounts).toMatchObject([{ clientId: idle.clientId }])
  })
})

describeMongo('the change of the pepper over several processes', () => {
  const [former, next] = [newPepperKey().reveal(), newPepperKey().reveal()]
  const peppers = (current: string, ...others: string[]): Env => ({
    OSTIARY_SECRET_PEPPER: current,
    OSTIARY_SECRET_RETIRED_PEPPERS: others.join(','),
  })

  test('refuses nobody on any of them, when each knew the next one before', async () => {
    const database = newDatabase()
    afterwards(() => database.drop())
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-pepper-'))
    afterwards(() => rm(dir, { recursive: true }))
    const begin = async (env: Env) => {
      const beside = { dir, env: { ...env, OSTIARY_STORAGE_URI: database.uri } }
      const server = await startTestServer({ beside })
      let isOpen = true
      const close = async () => {
        if (isOpen) await server.close()
        isOpen = false
      }
      afterwards(close)
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
  })
})
