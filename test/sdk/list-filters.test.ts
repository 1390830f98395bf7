import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  type AdminClient,
  adminClient,
  type ClientsFilter,
  clientSecretBasic,
  type Page,
} from '../../src/sdk/index.ts'
import { uniqueWord } from '../api/mia/companies.ts'
import { type Narrowed, narrowedCompany } from '../api/mia/narrowed.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: AdminClient
let company: Narrowed

beforeAll(async () => {
  server = await startTestServer()
  const { clientId, clientSecret } = server.admin
  const authentication = clientSecretBasic(clientId, clientSecret)
  admin = adminClient({ url: server.url, authentication })
  company = await narrowedCompany(server)
})
afterAll(() => server.close())

const sort = 'name'
const tomorrow = new Date(Date.now() + 86_400_000).toISOString()

async function names(page: Promise<Page<{ readonly name: string }>>): Promise<readonly string[]> {
  return (await page).items.map(({ name }) => name)
}

test('companies are narrowed by their state', async () => {
  const { companyId, name } = await admin.companies.create({ name: uniqueWord('switched') })
  await admin.companies.update(companyId, { state: 'disabled' })
  const found = (state: 'enabled' | 'disabled') =>
    names(admin.companies.list({ search: companyId, state }))
  expect([await found('enabled'), await found('disabled')]).toEqual([[], [name]])
})

test('people are narrowed by their state, and by when they last signed in', async () => {
  expect(await names(admin.users.list({ state: 'disabled' }))).toEqual(['out@people.example'])
  const unused = { unusedSince: tomorrow, sort } as const
  const everybody = ['open@people.example', 'out@people.example']
  expect(await names(admin.users.list(unused))).toEqual(everybody)
})

test('people of a company are narrowed as all people are, and by a role', async () => {
  const { users } = admin.company(company.companyId)
  expect(await names(users.list({ state: 'invited' }))).toEqual(['open@people.example'])
  expect(await names(users.list({ role: company.roleId }))).toEqual(['out@people.example'])
  const both = { role: 'reporter', unusedSince: tomorrow }
  expect(await names(users.list(both))).toEqual(['open@people.example'])
})

test('groups are narrowed by a role', async () => {
  const { groups } = admin.company(company.companyId)
  expect(await names(groups.list({ role: company.roleId }))).toEqual(['writers'])
  expect(await names(groups.list({ role: 'guest' }))).toEqual([])
})

test('identities are narrowed by role, state and how they log in', async () => {
  const { identities } = admin.company(company.companyId)
  const { roleId: role } = company
  const identityType = 'serviceaccount'
  expect(await names(identities({ role, identityType, sort }))).toEqual(['ci', 'key'])
  expect(await names(identities({ state: 'draft' }))).toEqual(['waiting'])
  expect(await names(identities({ state: 'invited' }))).toEqual(['open@people.example'])
  expect(await names(identities({ state: 'TRASH' }))).toEqual([])
  const { projectId } = company
  const byKey = { method: 'private_key_jwt', projectIds: [projectId] } as const
  expect((await identities(byKey)).items).toMatchObject([
    { name: 'key', projects: [{ _id: projectId }] },
  ])
})

test('tokens are narrowed by their state', async () => {
  const { clientId } = server.admin
  await admin.projectTokens.create(clientId, { name: 'robot' })
  const found = (state: 'active' | 'expired') =>
    names(admin.projectTokens.list(clientId, { state }))
  expect([await found('active'), await found('expired')]).toEqual([['robot'], []])
})

test('clients are narrowed as accounts are', async () => {
  const { companyId } = company
  const found = (asked: ClientsFilter) => names(admin.clients.list({ companyId, sort, ...asked }))
  expect(await found({ state: 'draft' })).toEqual(['waiting'])
  expect(await found({ method: 'private_key_jwt' })).toEqual(['key'])
  expect(await found({ unusedSince: tomorrow })).toEqual(['ci', 'key', 'waiting'])
})
