import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerWith } from './accounts.ts'
import {
  bodyOf,
  companyAccount,
  memberCaller,
  newTree,
  type Tree,
  uniqueWord,
} from './companies.ts'

const deploy = 'console.environment.deploy.trigger'
const edit = 'console.company.details.update'
const see = 'console.company.view'
const manageUsers = 'console.company.users.manage'

onEachStore('roles', (store) => {
  let server: TestServer
  let tree: Tree
  let roles: string

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    roles = `${tree.path}/roles`
  })
  afterAll(async () => await server.close())

  const create = async (permissions: readonly string[], name = uniqueWord('role')) =>
    bodyOf(await server.manage('POST', roles, { name, permissions }), 201)

  describe('that every company has', () => {
    test('are six, from the least to the most, read by whoever holds a token', async () => {
      const nobody = await callerWith(server, [])
      const list = bodyOf(await nobody('GET', '/api/roles'), 200)
      expect(list.map(({ roleId }: { roleId: string }) => roleId)).toEqual([
        'guest',
        'reporter',
        'developer',
        'maintainer',
        'project-admin',
        'company-owner',
      ])
      expect(list[0]).toEqual({
        roleId: 'guest',
        name: 'Guest',
        description: expect.any(String),
        levels: ['company', 'project'],
        permissions: [
          see,
          'console.company.providers.view',
          'console.company.cluster.view',
          'marketplace.company.resources.view',
          'console.project.view',
        ],
      })
      const counts = list.map((one: { permissions: string[] }) => one.permissions.length)
      expect(counts).toEqual([5, 9, 12, 25, 33, 26])
    })

    test('hold some of 59 permissions, each with its level and meaning', async () => {
      const nobody = await callerWith(server, [])
      const list = bodyOf(await nobody('GET', '/api/permissions'), 200)
      expect(list).toHaveLength(59)
      const perLevel = Map.groupBy(list, ({ level }: { level: string }) => level)
      const counts = [...perLevel].map(([level, some]) => [level, some.length])
      expect(Object.fromEntries(counts)).toEqual({
        root: 12,
        company: 27,
        project: 14,
        environment: 6,
      })
      const description = 'deploy it (for other services)'
      expect(list).toContainEqual({ permission: deploy, level: 'environment', description })
    })
  })

  describe('of a company', () => {
    test('are made, read, listed, changed and deleted under the version that was seen', async () => {
      const name = uniqueWord('deployer')
      const made = await server.manage('POST', roles, {
        name,
        description: 'deploys',
        permissions: [deploy, see, deploy],
      })
      const role = bodyOf(made, 201)
      expect(role).toMatchObject({ name, description: 'deploys', permissions: [deploy, see] })
      expect(role).toMatchObject({ levels: ['company', 'project', 'environment'] })
      const path = `${roles}/${role.roleId}`
      const read = await server.manage('GET', path)
      expect([read.body, read.headers.get('etag')]).toEqual([role, '"1"'])
      expect(bodyOf(await server.manage('GET', roles), 200)).toContainEqual(role)
      const patch = (tag: string) =>
        server.manage('PATCH', path, { permissions: [see] }, { 'if-match': tag })
      const changed = await patch('"1"')
      expect([changed.status, changed.body.permissions]).toEqual([200, [see]])
      expect((await patch('"1"')).body.code).toBe('version.stale')
      const stale = await server.manage('DELETE', path, undefined, { 'if-match': '"1"' })
      expect(stale.status).toBe(412)
      expect((await server.manage('DELETE', path)).status).toBe(204)
      const gone = await server.manage('GET', path)
      expect([gone.status, gone.body.code]).toEqual([404, 'role.not_found'])
    })

    test('have a name that no other role of the company has, whatever its case', async () => {
      const { name } = await create([])
      const permissions: string[] = []
      const body = { name: name.toUpperCase(), permissions }
      const again = await server.manage('POST', roles, body)
      expect([again.status, again.body.code]).toEqual([409, 'name.taken'])
      const other = await newTree(server)
      expect((await server.manage('POST', `${other.path}/roles`, body)).status).toBe(201)
    })

    test('are not called as one that every company has', async () => {
      const { roleId } = await create([])
      const path = `${roles}/${roleId}`
      for (const name of ['Company Owner', 'company-owner', 'GUEST', '\uff47uest']) {
        const made = await server.manage('POST', roles, { name, permissions: [] })
        const renamed = await server.manage('PATCH', path, { name })
        expect([made.body.code, renamed.body.code]).toEqual(['name.taken', 'name.taken'])
      }
    })

    test('hold no permission that there is not, and none for the whole installation', async () => {
      const post = (permissions: readonly string[]) =>
        server.manage('POST', roles, { name: uniqueWord('role'), permissions })
      const unknown = await post([see, 'console.company.veiw'])
      expect([unknown.status, unknown.body.code]).toEqual([400, 'permission.unknown'])
      expect(unknown.body.message).toContain('"console.company.veiw"')
      expect(unknown.body.message).toContain(see)
      const root = await post(['console.root.view'])
      expect([root.status, root.body.field]).toEqual([400, 'permissions'])
      expect(root.body.message).toContain('console.root.view')
      const { roleId } = await create([see])
      const patch = { permissions: ['marketplace.root.manage'] }
      const raised = await server.manage('PATCH', `${roles}/${roleId}`, patch)
      expect([raised.status, raised.body.field]).toEqual([400, 'permissions'])
    })

    test('count at once, on every level, for those who hold them, as they change', async () => {
      const { roleId } = await create([see])
      const caller = await memberCaller(server, tree, { role: roleId })
      const rename = () => caller('PATCH', tree.path, { description: uniqueWord('by a member') })
      expect((await caller('GET', tree.path)).status).toBe(200)
      expect((await rename()).status).toBe(403)
      const change = (permissions: readonly string[]) =>
        server.manage('PATCH', `${roles}/${roleId}`, { permissions })
      await change([see, edit])
      expect((await rename()).status).toBe(200)
      await change([])
      expect([(await rename()).status, (await caller('GET', tree.path)).status]).toEqual([403, 403])
    })

    test('open an environment to those who hold them there, and nothing above', async () => {
      const { roleId } = await create(['console.environment.view', 'console.project.view'])
      const { projectId, envId } = tree
      const environmentsRole = [{ envId, role: roleId }]
      const caller = await memberCaller(server, tree, {
        projectsRole: [{ projectId, environmentsRole }],
      })
      const project = `/api/projects/${projectId}`
      expect((await caller('GET', `${project}/environments/${envId}`)).status).toBe(200)
      expect((await caller('GET', project)).status).toBe(403)
    })

    test('are known by their id in their own company alone', async () => {
      const other = await newTree(server)
      const { roleId } = await create([see])
      for (const role of [roleId, 'role_00000000000000000000000000']) {
        const body = companyAccount({ role })
        const answer = await server.manage('POST', `${other.path}/service-accounts`, body)
        expect([answer.status, answer.body.field]).toEqual([400, 'role'])
      }
      const answer = await server.manage('GET', `${other.path}/roles/${roleId}`)
      expect([answer.status, answer.body.code]).toEqual([404, 'role.not_found'])
    })

    test('stay while somebody holds them, and go when nobody does any more', async () => {
      const { roleId } = await create([see])
      const accounts = `${tree.path}/service-accounts`
      const body = companyAccount({ role: roleId })
      const { clientId } = bodyOf(await server.manage('POST', accounts, body), 201)
      const refused = await server.manage('DELETE', `${roles}/${roleId}`)
      expect([refused.status, refused.body.code]).toEqual([409, 'role.in_use'])
      expect(refused.body.message).toContain(clientId)
      await server.manage('PATCH', `${accounts}/${clientId}`, { role: '' })
      expect((await server.manage('DELETE', `${roles}/${roleId}`)).status).toBe(204)
    })

    test('go though somebody held them on a project that is gone', async () => {
      const { roleId } = await create([see])
      const made = await server.manage('POST', `${tree.path}/projects`, { name: uniqueWord('p') })
      const { projectId } = bodyOf(made, 201)
      await memberCaller(server, tree, { projectsRole: [{ projectId, role: roleId }] })
      expect((await server.manage('DELETE', `${roles}/${roleId}`)).status).toBe(409)
      await server.manage('DELETE', `/api/projects/${projectId}`)
      expect((await server.manage('DELETE', `${roles}/${roleId}`)).status).toBe(204)
    })
  })

  describe('the author of a role', () => {
    test('is an owner of the company, or who binds anywhere', async () => {
      const owner = await memberCaller(server, tree, { role: 'company-owner' })
      const binder = await callerWith(server, ['console.root.user.bind'])
      for (const caller of [owner, binder]) {
        const body = { name: uniqueWord('role'), permissions: [edit] }
        const { roleId } = bodyOf(await caller('POST', roles, body), 201)
        expect((await caller('GET', roles)).status).toBe(200)
        expect((await caller('DELETE', `${roles}/${roleId}`)).status).toBe(204)
      }
      const admin = await memberCaller(server, tree, { role: 'project-admin' })
      const body = { name: uniqueWord('role'), permissions: [see] }
      const refused = await admin('POST', roles, body)
      expect([refused.status, refused.body.code]).toEqual([403, 'actor.forbidden'])
      expect((await admin('GET', roles)).status).toBe(200)
    })

    test('is told of an absent company by whom it does not belong to', async () => {
      const other = await newTree(server)
      const owner = await memberCaller(server, tree, { role: 'company-owner' })
      const foreign = await owner('GET', `${other.path}/roles`)
      const absent = await owner('GET', '/api/companies/comp_x/roles')
      expect([foreign.status, foreign.text]).toEqual([404, absent.text])
    })

    test('gives it nothing that they do not hold, when it is made or later', async () => {
      const { roleId } = await create([manageUsers, see])
      const author = await memberCaller(server, tree, { role: roleId })
      const body = { name: uniqueWord('role'), permissions: [see, edit] }
      const beyond = await author('POST', roles, body)
      expect([beyond.status, beyond.body.code]).toEqual([403, 'grant.exceeds_own'])
      expect(beyond.body.message).toContain(edit)
      const own = await author('PATCH', `${roles}/${roleId}`, {
        permissions: [manageUsers, see, edit],
      })
      expect([own.status, own.body.code]).toEqual([403, 'grant.exceeds_own'])
      const less = bodyOf(await author('POST', roles, { ...body, permissions: [see] }), 201)
      const raised = await author('PATCH', `${roles}/${less.roleId}`, { permissions: [edit] })
      expect(raised.status).toBe(403)
    })

    test('changes no role, and deletes none, that holds more than they do', async () => {
      const { roleId: own } = await create([manageUsers, see])
      const { roleId: above } = await create([see, edit])
      const author = await memberCaller(server, tree, { role: own })
      const path = `${roles}/${above}`
      for (const answer of [
        await author('PATCH', path, { permissions: [see] }),
        await author('PATCH', path, { description: 'mine' }),
        await author('DELETE', path),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
        expect(answer.body.message).toContain(`This role holds ${edit}`)
      }
    })
  })
})
