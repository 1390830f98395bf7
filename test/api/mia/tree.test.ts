import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { introspectPath } from '../../e2e/support/expectations.ts'
import { basic, type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor, callerWith } from './accounts.ts'
import {
  bodyOf,
  companyAccount,
  member,
  memberCaller,
  newTree,
  type Tree,
  uniqueWord,
} from './companies.ts'

onEachStore('the tree of companies', (store) => {
  let server: TestServer
  let tree: Tree

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  const projectOf = async (name: string): Promise<string> =>
    bodyOf(await server.manage('POST', `${tree.path}/projects`, { name }), 201).projectId

  describe('a company', () => {
    test('is answered with its ids, name and slug, and names its maker as its owner', async () => {
      const name = uniqueWord('Ärger & Söhne')
      const made = bodyOf(await server.manage('POST', '/api/companies', { name }), 201)
      expect(made).toMatchObject({ name, tenantId: made.companyId, state: 'enabled' })
      expect(made.slug).toMatch(/^arger-sohne-[0-9a-f]{8}$/)
      const path = `/api/companies/${made.companyId}`
      const read = await server.manage('GET', path)
      expect([read.body, read.headers.get('etag')]).toEqual([made, '"1"'])
    })

    test('is found by the word tenant, and in the list at the back end', async () => {
      const { companyId } = tree
      expect((await server.manage('GET', `/api/tenants/${companyId}`)).status).toBe(200)
      const list = bodyOf(await server.manage('GET', '/api/backend/tenants/'), 200)
      expect(list.map(({ tenantId }: Tree & { tenantId: string }) => tenantId)).toContain(companyId)
    })

    test('is made under a name that no other live company was made under, whatever its case', async () => {
      const name = uniqueWord('Acme')
      const path = '/api/companies'
      const first = bodyOf(await server.manage('POST', path, { name }), 201)
      const second = await server.manage('POST', path, { name: name.toUpperCase() })
      expect([second.status, second.body.code]).toEqual([409, 'name.taken'])
      await server.manage('DELETE', `${path}/${first.companyId}`)
      expect((await server.manage('POST', path, { name })).status).toBe(201)
    })

    test('may be renamed as another is: its owner learns nothing of what others are called', async () => {
      const name = uniqueWord('Acme')
      const other = bodyOf(await server.manage('POST', '/api/companies', { name }), 201)
      const own = await newTree(server)
      const owner = await memberCaller(server, own, { role: 'company-owner' })
      for (const wanted of [name, uniqueWord('free')]) {
        const { status, body } = await owner('PATCH', own.path, { name: wanted })
        expect([status, body.name]).toEqual([200, wanted])
        expect(body.slug).not.toBe(other.slug)
      }
      await owner('PATCH', own.path, { name })
      expect((await owner('PATCH', own.path, { description: 'changed' })).status).toBe(200)
      const again = await server.manage('POST', '/api/companies', { name })
      expect([again.status, again.body.code]).toEqual([409, 'name.taken'])
    })

    test('is disabled and enabled by who may delete it, not by who may only change it', async () => {
      const { companyId, path } = await newTree(server)
      const ends = 'console.company.delete'
      const edits = 'console.company.details.update'
      const having = async (permissions: readonly string[]) => {
        const role = {
          name: uniqueWord('role'),
          permissions: [...permissions, 'console.company.view'],
        }
        const { roleId } = bodyOf(await server.manage('POST', `${path}/roles`, role), 201)
        return await memberCaller(server, { ...tree, companyId, path }, { role: roleId })
      }
      const [editor, ender] = [await having([edits]), await having([edits, ends])]
      const root = ['console.root.view', 'console.root.project.details.update']
      const rootEditor = await callerWith(server, root)
      const rootEnder = await callerWith(server, [...root, 'console.root.company.delete'])
      const turn = async (caller: Caller, state: string) => await caller('PATCH', path, { state })
      for (const caller of [editor, rootEditor]) {
        expect((await caller('PATCH', path, { description: 'edited' })).status).toBe(200)
        expect((await turn(caller, 'enabled')).status).toBe(200)
        const { status, body } = await turn(caller, 'disabled')
        expect([status, body.code]).toEqual([403, 'actor.forbidden'])
        expect(body.message).toContain(ends)
      }
      expect((await turn(rootEnder, 'disabled')).body.state).toBe('disabled')
      expect((await turn(rootEditor, 'enabled')).body.code).toBe('actor.forbidden')
      expect((await turn(rootEnder, 'enabled')).body.state).toBe('enabled')
      expect((await turn(ender, 'disabled')).status).toBe(401)
      const again = await having([edits, ends])
      expect((await turn(again, 'disabled')).body.state).toBe('disabled')
    })

    test('changes under the version that was seen, and answers 412 to another', async () => {
      const made = bodyOf(
        await server.manage('POST', '/api/companies', { name: uniqueWord('x') }),
        201,
      )
      const path = `/api/companies/${made.companyId}`
      const change = (tag: string) =>
        server.manage('PATCH', path, { description: 'changed' }, { 'if-match': tag })
      const changed = await change('"1"')
      expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"'])
      const stale = await change('"1"')
      expect([stale.status, stale.body.code]).toEqual([412, 'version.stale'])
    })
  })

  describe('an environment', () => {
    test('has a namespace of the slugs of its project and itself', async () => {
      const path = `/api/projects/${tree.projectId}/environments`
      const made = bodyOf(await server.manage('POST', path, { name: 'Pre Production' }), 201)
      expect(made).toMatchObject({ name: 'Pre Production', label: 'Pre Production' })
      expect(made.namespace).toMatch(/^payments-pre-production/)
      const project = bodyOf(await server.manage('GET', `/api/projects/${tree.projectId}`), 200)
      expect(project).toMatchObject({ _id: tree.projectId, tenantId: tree.companyId })
      expect(project.environments).toContainEqual({
        envId: made.envId,
        label: made.label,
        namespace: made.namespace,
        cluster: { namespace: made.namespace },
        isProduction: false,
      })
    })

    test('has a namespace of its own where two projects of two companies are called alike', async () => {
      const other = await newTree(server)
      const namespaceOf = async ({ projectId, envId }: Tree) =>
        bodyOf(await server.manage('GET', `/api/projects/${projectId}/environments/${envId}`), 200)
          .namespace
      const both = [await namespaceOf(tree), await namespaceOf(other)]
      expect(new Set(both).size).toBe(2)
      for (const namespace of both)
        expect(namespace).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    })

    test('never has the id of one that was deleted', async () => {
      const path = `/api/projects/${tree.projectId}/environments`
      const create = async () =>
        bodyOf(await server.manage('POST', path, { name: 'Short lived' }), 201)
      const first = await create()
      expect((await server.manage('DELETE', `${path}/${first.envId}`)).status).toBe(204)
      expect((await create()).envId).not.toBe(first.envId)
    })
  })

  describe('an account of a company', () => {
    test('is answered with its secret once, its company as text, and its roles below', async () => {
      const answer = await server.manage('POST', `${tree.path}/service-accounts`, {
        ...companyAccount({ name: 'CI deployer', role: 'guest' }),
        projectsRole: [
          {
            projectId: tree.projectId,
            role: 'reporter',
            environmentsRole: [{ envId: tree.envId, role: 'maintainer' }],
          },
        ],
      })
      const made = bodyOf(answer, 201)
      expect(made).toEqual({
        clientId: expect.any(String),
        clientSecret: expect.stringMatching(/^ost_sk_/),
        clientIdIssuedAt: expect.any(Number),
        clientSecretExpiresAt: 0,
        company: tree.companyId,
        projects: [
          {
            _id: tree.projectId,
            roles: ['reporter'],
            environments: [{ envId: tree.envId, roles: ['maintainer'] }],
          },
        ],
      })
      const token = (await server.token(made)).body.access_token
      expect(decodeJwt(token)).toMatchObject({
        company_id: tree.companyId,
        permissions: [],
        roles: {
          companies: { [tree.companyId]: ['guest'] },
          projects: { [tree.projectId]: ['reporter'] },
          environments: { [`${tree.projectId}:${tree.envId}`]: ['maintainer'] },
        },
      })
    })

    test('changes its roles with the words of the console, and loses one by an empty role', async () => {
      const who = await member(server, tree, { role: 'guest' })
      const path = `${tree.path}/service-accounts/${who.clientId}`
      const answer = await server.manage('PATCH', path, {
        role: 'developer',
        projectsRole: [{ projectId: tree.projectId, role: 'maintainer' }],
      })
      expect([answer.status, answer.body]).toEqual([
        200,
        { statusCode: 200, message: 'identity roles successfully updated' },
      ])
      await server.manage('PATCH', path, {
        projectsRole: [
          {
            projectId: tree.projectId,
            role: '',
            environmentsRole: [{ envId: tree.envId, role: 'reporter' }],
          },
        ],
      })
      const kept = bodyOf(await server.manage('GET', path), 200)
      expect(kept.projects[0]).toEqual({
        _id: tree.projectId,
        roles: ['maintainer'],
        environments: [{ envId: tree.envId, roles: ['reporter'] }],
      })
      await server.manage('PATCH', path, {
        projectsRole: [{ projectId: tree.projectId, role: '' }],
      })
      const left = bodyOf(await server.manage('GET', path), 200)
      expect([left.companyRoles, left.projects[0].roles]).toEqual([['developer'], []])
    })

    test.each([
      ['an unknown role', { role: 'emperor' }, 'role'],
      [
        'an owner of a project',
        { projectsRole: [{ projectId: '$project', role: 'company-owner' }] },
        'projectsRole.0.role',
      ],
      [
        'a developer of an environment',
        {
          projectsRole: [
            { projectId: '$project', environmentsRole: [{ envId: '$env', role: 'developer' }] },
          ],
        },
        'projectsRole.0.environmentsRole.0.role',
      ],
      [
        'a project that is not there',
        { projectsRole: [{ projectId: 'proj_x', role: 'guest' }] },
        'projectsRole.0.projectId',
      ],
      [
        'two roles on one project',
        {
          projectsRole: [
            { projectId: '$project', role: 'guest' },
            { projectId: '$project', role: 'maintainer' },
          ],
        },
        'projectsRole',
      ],
      [
        'an environment that is not there',
        {
          projectsRole: [
            { projectId: '$project', environmentsRole: [{ envId: 'none', role: 'reporter' }] },
          ],
        },
        'projectsRole.0.environmentsRole.0.envId',
      ],
    ])('cannot be %s', async (_, given, field) => {
      const filled = JSON.stringify(given)
        .replaceAll('$project', tree.projectId)
        .replaceAll('$env', tree.envId)
      const body = companyAccount(JSON.parse(filled))
      const answer = await server.manage('POST', `${tree.path}/service-accounts`, body)
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([
        400,
        'request.invalid',
        field,
      ])
    })

    test('is refused a role by the name of its entry, as a group and a person are', async () => {
      const { projectId, envId, path } = tree
      const { clientId } = await member(server, tree)
      const group = { name: uniqueWord('group') }
      const { groupId } = bodyOf(await server.manage('POST', `${path}/groups`, group), 201)
      const person = { email: `${groupId}@people.example`, role: 'guest' }
      const { userId } = bodyOf(await server.manage('POST', `${path}/users`, person), 201)
      const on = { projectId, role: '', environmentsRole: [{ envId, role: 'reporter' }] }
      const said = [
        [{ projectId, role: 'emperor' }, 'role', 'there is no role "emperor"'],
        [{ projectId: 'proj_x', role: '' }, 'projectId', 'the company has no project "proj_x"'],
      ] as const
      for (const one of [`service-accounts/${clientId}`, `groups/${groupId}`, `users/${userId}`]) {
        for (const [entry, field, fault] of said) {
          const body = { projectsRole: [on, entry] }
          const answer = await server.manage('PATCH', `${path}/${one}`, body)
          expect([answer.status, answer.body.field]).toEqual([400, `projectsRole.1.${field}`])
          expect(answer.body.message).toContain(`projectsRole.1.${field}: ${fault}`)
        }
        const { status, body } = await server.manage('PATCH', `${path}/${one}`, { role: 'king' })
        expect([status, body.field]).toEqual([400, 'role'])
      }
    })

    test('may be called as another one is', async () => {
      const name = uniqueWord('twin')
      for (const _ of [1, 2]) await member(server, tree, { name })
      const found = bodyOf(
        await server.manage('GET', `${tree.path}/service-accounts?q=${encodeURIComponent(name)}`),
        200,
      )
      expect(found).toHaveLength(2)
    })

    test('rotates, has credentials and loses its tokens as an account of root does', async () => {
      const who = await member(server, tree)
      const path = `${tree.path}/service-accounts/${who.clientId}`
      const rotated = bodyOf(
        await server.manage('POST', `${path}/rotate`, { overlapSeconds: 0 }),
        200,
      )
      expect((await server.token(who)).status).toBe(401)
      const now = { clientId: who.clientId, clientSecret: rotated.clientSecret }
      const token = (await server.token(now)).body.access_token
      expect(bodyOf(await server.manage('GET', `${path}/credentials`), 200)).toHaveLength(1)
      expect((await server.manage('POST', `${path}/revoke-tokens`)).status).toBe(204)
      const tokeninfo = await server.call('/tokeninfo', {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(tokeninfo.status).toBe(401)
      expect((await server.manage('DELETE', path)).status).toBe(204)
      expect((await server.token(now)).status).toBe(401)
    })

    test('is approved by its owner when it was made a draft', async () => {
      const who = await member(server, tree)
      const path = `${tree.path}/service-accounts/${who.clientId}`
      await server.manage('PATCH', path, { state: 'DRAFT' })
      expect((await server.token(who)).status).toBe(401)
      await server.manage('PATCH', path, { state: 'PUBLIC' })
      expect((await server.token(who)).status).toBe(200)
    })

    test('has tokens that name a place without a scope, and they are good there alone', async () => {
      const [here, elsewhere] = [tree.projectId, await projectOf('Elsewhere')]
      const who = await member(server, tree, { role: 'company-owner' })
      const resource = `urn:ostiary:project:${here}`
      const { roles } = decodeJwt((await server.token(who, { resource })).body.access_token)
      expect(roles).toMatchObject({ companies: { [tree.companyId]: ['company-owner'] } })
      const caller = await callerFor(server, who, { resource })
      const statusOf = async (method: string, path: string, body?: object) =>
        (await caller(method, path, body)).status
      const change = { description: 'x' }
      expect(await statusOf('PATCH', `/api/projects/${here}`, change)).toBe(200)
      expect(await statusOf('GET', `/api/projects/${here}/environments/${tree.envId}`)).toBe(200)
      expect(await statusOf('PATCH', `/api/projects/${elsewhere}`, change)).toBe(403)
      expect(await statusOf('PATCH', tree.path, change)).toBe(403)
      expect(await statusOf('POST', `${tree.path}/projects`, { name: uniqueWord('p') })).toBe(403)
    })

    test('keeps below a place what it holds there, in a token for that place', async () => {
      const { projectId, envId } = tree
      const who = await member(server, tree, {
        projectsRole: [{ projectId, environmentsRole: [{ envId, role: 'maintainer' }] }],
      })
      const may = async (resource: string) => {
        const caller = await callerFor(server, who, { resource })
        const question = {
          permission: 'console.environment.deploy.trigger',
          resource: `${projectId}:${envId}`,
        }
        return bodyOf(await caller('POST', '/api/access/check', question), 200)['allowed']
      }
      expect(await may(`urn:ostiary:project:${projectId}`)).toBe(true)
      expect(await may(`urn:ostiary:environment:${projectId}:${envId}`)).toBe(true)
      expect(await may(`urn:ostiary:company:${tree.companyId}`)).toBe(true)
      const other = await projectOf('Other')
      expect(await may(`urn:ostiary:project:${other}`)).toBe(false)
    })

    test('of root has no right elsewhere by a token that names a company', async () => {
      const foreign = await newTree(server)
      const resource = `urn:ostiary:company:${tree.companyId}`
      const token = (await server.token(server.admin, { resource })).body.access_token
      expect(decodeJwt(token)['permissions']).toEqual([])
      const caller = await callerFor(server, server.admin, { resource })
      expect((await caller('GET', tree.path)).status).toBe(200)
      expect((await caller('GET', foreign.path)).status).toBe(403)
      expect((await caller('POST', '/api/companies', { name: uniqueWord('c') })).status).toBe(403)
    })

    test('may ask about tokens of its company, whatever its roles, and of nobody else', async () => {
      const [asking, beside] = [await member(server, tree), await member(server, tree)]
      const stranger = await member(server, await newTree(server))
      const isActive = async (by: Credentials, holder: Credentials) => {
        const token = (await server.token(holder)).body.access_token
        const headers = { authorization: basic(by) }
        const body = new URLSearchParams({ token })
        return (await server.call(introspectPath, { method: 'POST', headers, body })).body.active
      }
      for (const who of [asking, beside]) expect(await isActive(asking, who)).toBe(true)
      for (const who of [stranger, server.admin]) expect(await isActive(asking, who)).toBe(false)
      expect(await isActive(server.admin, asking)).toBe(true)
    })

    test('has tokens for a scope on a place, and they are good for nothing else', async () => {
      const who = await member(server, tree, { role: 'company-owner' })
      const resource = `urn:ostiary:project:${tree.projectId}`
      const scope = 'console.project.view'
      const answer = await server.token(who, { scope, resource })
      expect(answer.status).toBe(200)
      expect(decodeJwt(answer.body.access_token)).toMatchObject({
        scope,
        scope_resource: resource,
        aud: server.url,
      })
      const caller = await callerFor(server, who, { scope, resource })
      expect((await caller('GET', `/api/projects/${tree.projectId}`)).status).toBe(200)
      expect((await caller('DELETE', `/api/projects/${tree.projectId}`)).status).toBe(403)
      expect((await caller('GET', tree.path)).status).toBe(403)
      const guest = await member(server, tree, { role: 'guest' })
      const refused = await server.token(guest, { scope, resource })
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope'])
      const foreign = `urn:ostiary:project:${(await newTree(server)).projectId}`
      for (const given of [foreign, 'urn:ostiary:project:none']) {
        const none = await server.token(who, { resource: given })
        expect([none.status, none.body.error]).toEqual([400, 'invalid_target'])
      }
    })
  })

  describe('deleting and disabling a company', () => {
    test('ends logins and tokens of all that is below at once', async () => {
      const own = await newTree(server)
      const who = await member(server, own, { role: 'company-owner' })
      const caller = await callerFor(server, who)
      expect((await caller('GET', own.path)).status).toBe(200)
      await server.manage('PATCH', own.path, { state: 'disabled' })
      expect((await caller('GET', own.path)).status).toBe(401)
      expect((await server.token(who)).status).toBe(401)
      await server.manage('PATCH', own.path, { state: 'enabled' })
      expect((await caller('GET', own.path)).status).toBe(401)
      const again = await callerFor(server, who)
      expect((await again('GET', own.path)).status).toBe(200)
      expect((await server.manage('DELETE', own.path)).status).toBe(204)
      expect((await server.token(who)).status).toBe(401)
      expect((await again('GET', own.path)).status).toBe(401)
      const paths = [own.path, `/api/projects/${own.projectId}`]
      for (const path of paths) expect((await server.manage('GET', path)).status).toBe(404)
    })
  })

  test('an owner who disables the company that it belongs to is told that it is done', async () => {
    const own = await newTree(server)
    const caller = await memberCaller(server, own, { role: 'company-owner' })
    const answer = await caller('PATCH', own.path, { state: 'disabled' })
    expect([answer.status, answer.body.state]).toEqual([200, 'disabled'])
    expect((await caller('GET', own.path)).status).toBe(401)
  })

  describe('a stranger', () => {
    test('cannot tell what another company has from what is not there', async () => {
      const [own, other] = [tree, await newTree(server)]
      const caller = await memberCaller(server, own, { role: 'company-owner' })
      const who = await member(server, other)
      const pairs = [
        [other.path, '/api/companies/comp_none'],
        [`${other.path}/service-accounts`, '/api/companies/comp_none/service-accounts'],
        [
          `${other.path}/service-accounts/${who.clientId}`,
          '/api/companies/comp_none/service-accounts/x',
        ],
        [`${own.path}/service-accounts/${who.clientId}`, `${own.path}/service-accounts/x`],
        [`${own.path}/service-accounts/${server.admin.clientId}`, `${own.path}/service-accounts/x`],
        [`/api/projects/${other.projectId}`, '/api/projects/proj_none'],
        [
          `/api/projects/${other.projectId}/environments/${other.envId}`,
          '/api/projects/proj_none/environments/x',
        ],
      ] as const
      for (const [foreign, absent] of pairs) {
        const [one, two] = [await caller('GET', foreign), await caller('GET', absent)]
        expect([one.status, one.text]).toEqual([404, two.text])
      }
      const listed = bodyOf(await caller('GET', '/api/companies'), 200)
      expect(listed.map(({ companyId }: Tree) => companyId)).toEqual([own.companyId])
    })
  })

  describe('a role', () => {
    test('is given up to one’s own, and no further', async () => {
      const admin = await memberCaller(server, tree, { role: 'project-admin' })
      const who = await member(server, tree)
      const path = `${tree.path}/service-accounts/${who.clientId}`
      const set = (role: string) =>
        admin('PATCH', path, { projectsRole: [{ projectId: tree.projectId, role }] })
      expect((await set('project-admin')).status).toBe(200)
      expect((await admin('PATCH', path, { role: 'guest' })).status).toBe(403)
      const body = companyAccount({ role: 'guest' })
      expect((await admin('POST', `${tree.path}/service-accounts`, body)).status).toBe(403)
      const developer = await memberCaller(server, tree, { role: 'developer' })
      const refused = await developer('PATCH', path, {
        projectsRole: [{ projectId: tree.projectId, role: 'guest' }],
      })
      expect([refused.status, refused.body.code]).toEqual([403, 'actor.forbidden'])
    })

    test('of one project lets its holder bind there, and nothing beside it', async () => {
      const own = { projectsRole: [{ projectId: tree.projectId, role: 'project-admin' }] }
      const admin = await memberCaller(server, tree, own)
      const who = await member(server, tree)
      const path = `${tree.path}/service-accounts/${who.clientId}`
      const other = bodyOf(
        await server.manage('POST', `${tree.path}/projects`, { name: uniqueWord('p') }),
        201,
      )
      const here = { projectId: tree.projectId, role: 'maintainer' }
      expect((await admin('PATCH', path, { projectsRole: [here] })).status).toBe(200)
      const beside = { projectId: other.projectId, role: 'maintainer' }
      const both = await admin('PATCH', path, { projectsRole: [{ ...here, role: '' }, beside] })
      expect(both.status).toBe(403)
      const kept = bodyOf(await server.manage('GET', path), 200)
      expect(kept.projects).toEqual([
        { _id: tree.projectId, roles: ['maintainer'], environments: [] },
      ])
    })

    test('on a deleted project or environment is shown of no account or group any more', async () => {
      const { path, projectId, envId } = await newTree(server)
      const other = bodyOf(await server.manage('POST', `${path}/projects`, { name: 'Other' }), 201)
      const environmentsRole = [{ envId, role: 'reporter' }]
      const projectsRole = [
        { projectId, role: 'maintainer', environmentsRole },
        { projectId: other.projectId, role: 'developer' },
      ]
      const account = companyAccount({ role: 'guest', projectsRole })
      const { clientId } = bodyOf(
        await server.manage('POST', `${path}/service-accounts`, account),
        201,
      )
      const { groupId } = bodyOf(
        await server.manage('POST', `${path}/groups`, { name: uniqueWord('group') }),
        201,
      )
      await server.manage('PATCH', `${path}/groups/${groupId}`, { role: 'guest', projectsRole })
      const lists = [`${path}/service-accounts`, `${path}/groups`]
      const ones = [`${path}/service-accounts/${clientId}`, `${path}/groups/${groupId}`]
      const shown = async () => {
        const listed = await Promise.all(
          lists.map(async (list) => bodyOf(await server.manage('GET', list), 200)[0].projects),
        )
        const read = await Promise.all(
          ones.map(async (one) => bodyOf(await server.manage('GET', one), 200).projects),
        )
        return [...listed, ...read]
      }
      const all = (projects: object) => Array.from({ length: 4 }, () => projects)
      const onOther = { _id: other.projectId, roles: ['developer'], environments: [] }
      const environments = [{ envId, roles: ['reporter'] }]
      expect(await shown()).toEqual(
        all([{ _id: projectId, roles: ['maintainer'], environments }, onOther]),
      )
      await server.manage('DELETE', `/api/projects/${projectId}/environments/${envId}`)
      expect(await shown()).toEqual(
        all([{ _id: projectId, roles: ['maintainer'], environments: [] }, onOther]),
      )
      await server.manage('DELETE', `/api/projects/${projectId}`)
      expect(await shown()).toEqual(all([onOther]))
    })

    test('that was taken away takes effect with the next request', async () => {
      const who = await member(server, tree, { role: 'company-owner' })
      const caller = await callerFor(server, who)
      const path = `${tree.path}/service-accounts/${who.clientId}`
      expect(
        (await caller('POST', `${tree.path}/projects`, { name: uniqueWord('p') })).status,
      ).toBe(201)
      await server.manage('PATCH', path, { role: 'guest' })
      const refused = await caller('POST', `${tree.path}/projects`, { name: uniqueWord('p') })
      expect([refused.status, refused.body.code]).toEqual([403, 'actor.forbidden'])
    })
  })
})
