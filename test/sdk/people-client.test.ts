import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type AdminClient, adminClient, clientSecretBasic } from '../../src/sdk/index.ts'
import { newTree, type Tree } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf } from './fake-server.ts'

let server: TestServer
let admin: AdminClient
let tree: Tree

beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
  const { clientId, clientSecret } = server.admin
  const authentication = clientSecretBasic(clientId, clientSecret)
  admin = adminClient({ url: server.url, authentication })
})
afterAll(() => server.close())

describe('roles by the SDK', () => {
  test('are the six of every company, and permissions have their meanings', async () => {
    const roles = await admin.roles()
    expect(roles.map(({ roleId }) => roleId)).toEqual([
      'guest',
      'reporter',
      'developer',
      'maintainer',
      'project-admin',
      'company-owner',
    ])
    const permissions = await admin.permissions()
    expect(permissions).toHaveLength(59)
    expect(permissions).toContainEqual(
      expect.objectContaining({ permission: 'console.root.view', level: 'root' }),
    )
    const found = await admin.roles({ search: 'admin' })
    expect(found.map(({ name }) => name)).toEqual(['Project Administrator'])
    const [first] = await admin.permissions({ search: 'root', sort: 'name' })
    expect(first?.permission).toMatch(/^console\.root\./)
  })

  test('of a company are made, listed, read, changed and deleted', async () => {
    const { roles } = admin.company(tree.companyId)
    const permissions = ['console.company.view']
    const { roleId, etag: ifMatch } = await roles.create({ name: 'Looker', permissions })
    expect(await roles.list()).toMatchObject([{ roleId, permissions }])
    expect(await roles.list({ search: 'none', sort: '-name' })).toEqual([])
    const { name } = await roles.update(roleId, { name: 'Watcher' }, { ifMatch })
    expect(await roles.read(roleId)).toMatchObject({ name, permissions })
    const late = await failureOf(roles.update(roleId, { name: 'Late' }, { ifMatch }))
    expect([name, late.code]).toEqual(['Watcher', 'version.stale'])
    await roles.delete(roleId)
    expect(await roles.list()).toEqual([])
  })
})

describe('who there is, by the SDK', () => {
  test('is each identity of a company, with what it inherits on the projects that are named', async () => {
    const { accounts, identities } = admin.company(tree.companyId)
    const { clientId } = await accounts.create({
      name: 'seen',
      tokenEndpointAuthMethod: 'client_secret_basic',
      role: 'reporter',
    })
    const { items } = await identities({
      identityType: 'serviceaccount',
      projectIds: [tree.projectId],
      search: 'seen',
    })
    const inherited = [{ role: 'reporter', source: 'company' }]
    expect(items).toMatchObject([
      { identityId: clientId, projects: [{ _id: tree.projectId, roles: [], inherited }] },
    ])
    expect((await identities({ identityType: 'group' })).items).toEqual([])
  })

  test('is who asks, with the companies that they may see', async () => {
    const me = await admin.me()
    expect(me).toMatchObject({ kind: 'serviceaccount', id: server.admin.clientId })
    expect(me.companies.map(({ companyId }) => companyId)).toContain(tree.companyId)
  })

  test('is no person before one signs in', async () => {
    expect((await admin.users.list()).items).toEqual([])
    expect((await failureOf(admin.users.read('nobody'))).code).toBe('user.not_found')
  })
})

describe('access by the SDK', () => {
  const permission = 'console.environment.deploy.trigger'
  const deployer = async () => {
    const { projectId, envId, companyId } = tree
    const { clientId } = await admin.company(companyId).accounts.create({
      name: 'deployer',
      tokenEndpointAuthMethod: 'client_secret_basic',
      projectsRole: [{ projectId, environmentsRole: [{ envId, role: 'maintainer' }] }],
    })
    return { subject: clientId, resource: `${projectId}:${envId}` }
  }

  test('is checked, one question or many in their order', async () => {
    const { subject, resource } = await deployer()
    expect(await admin.access.check({ subject, permission, resource })).toBe(true)
    const elsewhere = { subject, permission: 'console.project.view', resource: tree.projectId }
    const questions = [elsewhere, { subject, permission, resource }]
    expect(await admin.access.checkAll(questions)).toEqual([false, true])
  })

  test('is explained by what grants it, and by what would', async () => {
    const { subject, resource } = await deployer()
    const granted = await admin.access.explain({ subject, permission, resource })
    const grant = { kind: 'role', role: 'maintainer', level: 'environment', resource }
    expect(granted).toEqual({ allowed: true, why: { grant } })
    const asked = { subject, permission: 'console.project.view', resource: tree.projectId }
    expect(await admin.access.explain(asked)).toMatchObject({
      allowed: false,
      why: { wouldSuffice: { role: 'guest', level: 'project', resource: tree.projectId } },
    })
  })

  test('has holders, who are listed', async () => {
    const { subject, resource } = await deployer()
    const { items } = await admin.access.holders({ permission, resource, search: subject })
    expect(items).toMatchObject([{ identityId: subject, grant: { role: 'maintainer' } }])
  })
})
