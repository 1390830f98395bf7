import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type AdminClient, adminClient, clientSecretBasic } from '../../src/sdk/index.ts'
import { uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf } from './fake-server.ts'

let server: TestServer
let admin: AdminClient

beforeAll(async () => {
  server = await startTestServer()
  const { clientId, clientSecret } = server.admin
  const authentication = clientSecretBasic(clientId, clientSecret)
  admin = adminClient({ url: server.url, authentication })
})
afterAll(() => server.close())

const newCompany = () => admin.companies.create({ name: uniqueWord('company') })

describe('companies by the SDK', () => {
  test('are made, listed, read, renamed and deleted', async () => {
    const { companyId } = await admin.companies.create({ name: uniqueWord('x'), description: 'y' })
    const { items } = await admin.companies.list()
    expect(items.map((one) => one.companyId)).toContain(companyId)
    const name = uniqueWord('renamed')
    await admin.companies.update(companyId, { name })
    expect(await admin.companies.read(companyId)).toMatchObject({ name, description: 'y' })
    await admin.companies.delete(companyId)
    const failed = await failureOf(admin.companies.read(companyId))
    expect([failed.code, failed.status]).toEqual(['company.not_found', 404])
  })

  test('are not changed when they have changed since they were read', async () => {
    const { companyId, etag } = await newCompany()
    await admin.companies.update(companyId, { description: 'meanwhile' })
    const late = admin.companies.update(companyId, { description: 'late' }, { ifMatch: etag })
    expect((await failureOf(late)).code).toBe('version.stale')
  })
})

describe('projects and environments by the SDK', () => {
  test('are made, listed, read, renamed and deleted', async () => {
    const { companyId } = await newCompany()
    const { projectId } = await admin.projects.create(companyId, { name: 'Shop' })
    const { envId } = await admin.environments.create(projectId, { name: 'Test' })
    await admin.projects.update(projectId, { name: 'Store' })
    await admin.environments.update(projectId, envId, { name: 'Staging' })
    const environments = [{ envId, label: 'Staging' }]
    expect(await admin.projects.read(projectId)).toMatchObject({ name: 'Store', environments })
    expect((await admin.environments.list(projectId)).items).toMatchObject(environments)
    expect(await admin.environments.read(projectId, envId)).toMatchObject({ companyId, envId })
    await admin.environments.delete(projectId, envId)
    expect((await admin.environments.list(projectId)).items).toEqual([])
    await admin.projects.delete(projectId)
    expect((await admin.projects.list({ companyIds: [companyId] })).items).toEqual([])
  })

  test('are listed sorted, searched and by pages, as companies are', async () => {
    const { companyId, name } = await newCompany()
    const { projectId } = await admin.projects.create(companyId, { name: 'Shop' })
    const [companyIds, byName] = [[companyId], { sort: 'name', perPage: 1 } as const]
    await admin.projects.create(companyId, { name: 'archive' })
    for (const each of ['Test', 'live']) await admin.environments.create(projectId, { name: each })
    const lists = [
      (asked: object) => admin.projects.list({ companyIds, ...asked }),
      (asked: object) => admin.environments.list(projectId, asked),
    ]
    for (const list of lists) {
      const first = await list(byName)
      const second = await list({ ...byName, cursor: first.next })
      const names = [...first.items, ...second.items].map((one) => one.name)
      expect([first.total, names]).toEqual([2, names.toSorted().toReversed()])
      expect((await list({ search: names[1] })).items).toEqual(second.items)
    }
    const { items } = await admin.companies.list({ search: name.toUpperCase() })
    expect(items).toMatchObject([{ companyId }])
  })

  test('are listed of the companies that are named alone', async () => {
    const [one, other] = [await newCompany(), await newCompany()]
    const { projectId } = await admin.projects.create(one.companyId, { name: 'Shop' })
    await admin.projects.create(other.companyId, { name: 'Shop' })
    const { items } = await admin.projects.list({ companyIds: [one.companyId] })
    expect(items.map((project) => project.projectId)).toEqual([projectId])
  })
})

describe('accounts of a company by the SDK', () => {
  test('are made with roles on every level, read and listed', async () => {
    const { companyId } = await newCompany()
    const { projectId } = await admin.projects.create(companyId, { name: 'Shop' })
    const { envId } = await admin.environments.create(projectId, { name: 'Test' })
    const { accounts } = admin.company(companyId)
    const { clientId, company } = await accounts.create({
      name: 'ci',
      tokenEndpointAuthMethod: 'client_secret_basic',
      role: 'guest',
      projectsRole: [{ projectId, environmentsRole: [{ envId, role: 'maintainer' }] }],
    })
    expect(company).toBe(companyId)
    const environments = [{ envId, roles: ['maintainer'] }]
    const held = {
      companyRoles: ['guest'],
      projects: [{ _id: projectId, roles: [], environments }],
    }
    expect(await accounts.read(clientId)).toMatchObject({ clientId, ...held })
    const { items, total } = await accounts.list({ search: 'CI', sort: 'name' })
    expect([items, total]).toMatchObject([[{ clientId }], 1])
  })

  test('are changed, lose a role by an empty one, and are deleted', async () => {
    const { accounts } = admin.company((await newCompany()).companyId)
    const made = await accounts.create({
      name: 'ci',
      tokenEndpointAuthMethod: 'client_secret_basic',
      role: 'reporter',
    })
    const { clientId } = made
    const { etag: ifMatch } = await accounts.read(clientId)
    const { message } = await accounts.update(clientId, { name: 'cd', role: '' }, { ifMatch })
    expect(message).toBe('identity roles successfully updated')
    expect(await accounts.read(clientId)).toMatchObject({ name: 'cd', companyRoles: [] })
    await accounts.revokeTokens(clientId)
    await accounts.delete(clientId)
    expect((await failureOf(accounts.read(clientId))).code).toBe('account.not_found')
  })
})

test('what an account of a company logs in with is rotated, added, listed and deleted by the SDK', async () => {
  const { accounts } = admin.company((await newCompany()).companyId)
  const { clientId, clientSecret } = await accounts.create({
    name: 'ci',
    tokenEndpointAuthMethod: 'client_secret_basic',
  })
  const rotated = await accounts.rotate(clientId, { overlapSeconds: 60 })
  const added = await accounts.addCredential(clientId, { name: 'spare' })
  const ids = (await accounts.credentials(clientId)).map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining([rotated.id, added.id]))
  await accounts.deleteCredential(clientId, added.id)
  const statusOf = async (secret = '') =>
    (await server.token({ clientId, clientSecret: secret })).status
  expect(await statusOf(clientSecret)).toBe(200)
  expect(await statusOf(rotated.clientSecret)).toBe(200)
  expect(await statusOf(added.clientSecret)).toBe(401)
})
