import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type AdminClient,
  adminClient,
  clientSecretBasic,
  type ReadOptions,
} from '../../src/sdk/index.ts'
import { member, newTree, type Tree } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf, fakeServer, issuer, json } from './fake-server.ts'

let server: TestServer
let admin: AdminClient
let tree: Tree
let clientId: string

beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
  clientId = (await member(server, tree)).clientId
  const { clientKey } = server.admin
  // One login: another between two readings would be a use, which some lists tell of.
  const value = await server.adminToken()
  const token = async () => ({ value, expiresAt: Number.POSITIVE_INFINITY })
  admin = adminClient({ url: server.url, token, clientKey })
})
afterAll(() => server.close())

type Answered = { readonly etag?: string }
type Reading = (given: ReadOptions) => Promise<Answered>

const permission = 'console.company.view'
const [sort, perPage] = ['name', 10] as const

/** A reading of every kind, with a filter where there may be one. */
const readings: Readonly<Record<string, Reading>> = {
  accounts: (given) => admin.accounts({ sort, perPage, ...given }),
  account: (given) => admin.account(server.admin.clientId, given),
  credentials: (given) => admin.credentials(server.admin.clientId, { sort, ...given }),
  peppers: (given) => admin.peppers(given),
  audit: (given) => admin.audit({ perPage, ...given }),
  roles: (given) => admin.roles({ sort, ...given }),
  permissions: (given) => admin.permissions(given),
  'users.list': (given) => admin.users.list(given),
  'issuers.list': (given) => admin.issuers.list({ sort, ...given }),
  'clients.list': (given) => admin.clients.list({ sort, ...given }),
  'clients.read': (given) => admin.clients.read(server.admin.clientId, given),
  'companies.list': (given) => admin.companies.list(given),
  'companies.read': (given) => admin.companies.read(tree.companyId, given),
  'projects.list': (given) => admin.projects.list({ companyIds: [tree.companyId], ...given }),
  'projects.read': (given) => admin.projects.read(tree.projectId, given),
  'environments.list': (given) => admin.environments.list(tree.projectId, given),
  'access.holders': (given) => admin.access.holders({ permission, ...given }),
  'projectTokens.list': (given) => admin.projectTokens.list(clientId, given),
  'company.accounts.list': (given) => admin.company(tree.companyId).accounts.list(given),
  'company.accounts.read': (given) => admin.company(tree.companyId).accounts.read(clientId, given),
  'company.identities': (given) => admin.company(tree.companyId).identities(given),
  'company.users.list': (given) => admin.company(tree.companyId).users.list(given),
  'company.groups.list': (given) => admin.company(tree.companyId).groups.list(given),
  'company.roles.list': (given) => admin.company(tree.companyId).roles.list(given),
  'company.audit': (given) => admin.company(tree.companyId).audit(given),
}

describe('what is read on the condition that it has changed', () => {
  test.each(Object.entries(readings))('by %s fails while it is as it was', async (_, read) => {
    const { etag } = await read({})
    const failed = await failureOf(read({ ifNoneMatch: etag }))
    expect([failed.code, failed.status]).toEqual(['not_modified', 304])
    expect((await read({ ifNoneMatch: 'W/"another"' })).etag).toBe(etag)
  })

  test('is answered when it has changed', async () => {
    const { roles } = admin.company(tree.companyId)
    const before = await roles.list()
    const { roleId, etag } = await roles.create({ name: 'Looker', permissions: [permission] })
    const after = await roles.list({ ifNoneMatch: before.etag })
    expect(after.map((role) => role.roleId)).toEqual([roleId])
    const { etag: newer } = await roles.update(roleId, { name: 'Watcher' }, { ifMatch: etag })
    expect(await roles.read(roleId, { ifNoneMatch: etag })).toMatchObject({ name: 'Watcher' })
    const failed = await failureOf(roles.read(roleId, { ifNoneMatch: newer }))
    expect(failed.code).toBe('not_modified')
  })

  test('is no success when nobody asked on a condition', async () => {
    const { fetch } = fakeServer({
      [`${issuer}/token`]: () => json({ access_token: 'x', token_type: 'Bearer', expires_in: 60 }),
      [`${issuer}/api/roles`]: () => new Response(null, { status: 304 }),
    })
    const authentication = clientSecretBasic('a', 'b')
    const failed = await failureOf(adminClient({ url: issuer, authentication, fetch }).roles())
    expect([failed.code, failed.status]).toEqual(['unexpected_answer', 304])
  })
})
