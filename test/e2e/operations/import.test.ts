import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { onEachStore } from '../../support/stores.ts'
import { commands, newPlace } from './place.ts'

const [bringIn = '', convert = ''] = commands('## Coming from the console')

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
    const [bring = ''] = bringIn.trim().split('\n').slice(-1)
    await place.type(`${convert}\n${bring}`)

    const server = await place.start()
    const account = await server.manage('GET', '/api/service-accounts/reader')
    expect(account.body).toMatchObject({ name: 'Reader', permissions: ['console.root.view'] })
  }, 120_000)
})
