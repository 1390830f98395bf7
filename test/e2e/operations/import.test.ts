import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import { decodeJwt } from 'jose'
import { eventually } from '../../support/eventually.ts'
import type { TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { commands, newPlace } from './place.ts'

const [bringIn = '', convert = ''] = commands('## Coming from the console')
const [status = '', convertBoth = ''] = commands('### The secrets that they had')
const [bring = ''] = bringIn.trim().split('\n').slice(-1)

/** How many foreign secrets the start has warned of. */
function warned({ logged }: TestServer): number | undefined {
  const line = logged.find((text) => text.includes('as another server digested them'))
  return line === undefined ? undefined : JSON.parse(line).secrets
}

onEachStore('coming from the console, as the page prints it,', (store) => {
  test('keeps ids and roles, and accounts log in once they have a secret', async () => {
    const place = await newPlace(store)
    await place.start()
    if (store.name === 'SQLite') await place.stop()
    await place.type(bringIn)

    const server = await place.start()
    const project = await server.manage('GET', '/api/projects/65f0c1a2')
    expect(project.body).toMatchObject({ companyId: 'acme', environments: [{ envId: 'DEV' }] })
    const path = '/api/companies/acme/service-accounts/ci-deployer'
    const { body: added } = await server.manage('POST', `${path}/credentials`, {})
    const who = { clientId: 'ci-deployer', clientSecret: added.clientSecret }
    const { access_token: token } = (await server.token(who)).body
    expect(decodeJwt(token)['roles']).toEqual({
      companies: { acme: ['guest'] },
      projects: { '65f0c1a2': ['seers'] },
      environments: { '65f0c1a2:DEV': ['maintainer'] },
    })
  })

  test('lets accounts in with the secrets that they had, and exchanges what is kept of them', async () => {
    const place = await newPlace(store)
    await place.start()
    if (store.name === 'SQLite') await place.stop()
    const who = { clientId: 'mover', clientSecret: 'kept by the other server' }
    const common = { authMethod: 'client_secret_basic' }
    const secretDigest = hashSync(who.clientSecret, 10)
    const accounts = [
      { ...common, clientId: who.clientId, name: 'Mover', secretDigest },
      { ...common, clientId: 'sleeper', name: 'Sleeper', secretDigest: hashSync('unknown', 10) },
    ]
    await writeFile(join(place.dir, 'export.json'), JSON.stringify({ companies: [], accounts }))
    expect(await place.type(bring)).toContain('with the secret that they had: 2 of the accounts')

    let server = await place.start()
    expect(warned(server)).toBe(2)
    expect(await place.type(status)).toMatch(
      /bcrypt .*another server[\s\S]* mover [\s\S]* sleeper /,
    )
    expect((await server.token({ ...who, clientSecret: 'wrong' })).status).toBe(401)
    const many = await Promise.all(Array.from({ length: 20 }, () => server.token(who)))
    expect(many.map((answer) => answer.status)).toEqual(Array(20).fill(200))
    const audit = async () => (await server.manage('GET', '/api/audit?target=mover')).body
    const log = await eventually(audit, (entries) => entries.length > 1)
    expect(log.map(({ action }: { action: string }) => action)).toEqual([
      'credential.redigest',
      'account.create',
    ])
    expect(await place.type(status)).not.toContain('mover')

    server = await place.start()
    expect(warned(server)).toBe(1)
    expect((await server.token(who)).status).toBe(200)
    expect((await server.token({ ...who, clientSecret: 'wrong' })).status).toBe(401)
    await server.manage('DELETE', '/api/service-accounts/sleeper')
    expect(await place.type(status)).not.toContain('bcrypt')
    server = await place.start()
    expect(warned(server)).toBeUndefined()
  }, 120_000)

  test('turns the collections of clients and of credentials into such a file', async () => {
    const place = await newPlace(store)
    await place.start()
    if (store.name === 'SQLite') await place.stop()
    const who = { clientId: 'reader', clientSecret: 'kept by the other server' }
    const client = { clientId: who.clientId, name: 'Reader', __STATE__: 'PUBLIC' }
    const credential = { clientId: 'its hash', clientSecret: hashSync(who.clientSecret, 4) }
    const files = {
      'clients.json': [client],
      'credentials.json': [credential],
      'ids.json': { 'its hash': who.clientId },
    }
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(place.dir, name), JSON.stringify(content))
    }
    await place.type(`${convertBoth}\n${bring}`)
    const server = await place.start()
    expect((await server.token(who)).status).toBe(200)
  }, 120_000)

  test('turns the collection of clients into such a file', async () => {
    const place = await newPlace(store)
    await place.start()
    if (store.name === 'SQLite') await place.stop()
    const client = {
      _id: '65f0c1a2b3c4d5e6f7a8b9c0',
      clientId: 'reader',
      name: 'Reader',
      permissions: ['console.root.view'],
      authMethod: 'client_secret_basic',
      __STATE__: 'PUBLIC',
    }
    await writeFile(join(place.dir, 'clients.json'), JSON.stringify([client]))
    await place.type(`${convert}\n${bring}`)

    const server = await place.start()
    const account = await server.manage('GET', '/api/service-accounts/reader')
    expect(account.body).toMatchObject({ name: 'Reader', permissions: ['console.root.view'] })
  })
})
