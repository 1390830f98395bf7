import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, companyAccount, member, memberCaller, newTree, type Tree } from './companies.ts'

onEachStore('the identities of a company over HTTP', (store) => {
  let server: TestServer
  let tree: Tree
  const ids: string[] = []

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    const { projectId, envId } = tree
    const environmentsRole = [{ envId, role: 'maintainer' }]
    for (const given of [
      { name: 'nobody' },
      {
        name: 'deployer',
        role: 'reporter',
        projectsRole: [{ projectId, role: '', environmentsRole }],
      },
      { name: 'admin', projectsRole: [{ projectId, role: 'project-admin' }] },
    ]) {
      const path = `${tree.path}/service-accounts`
      ids.push(bodyOf(await server.manage('POST', path, companyAccount(given)), 201).clientId)
    }
  })
  afterAll(async () => await server.close())

  const list = async (query = '') => {
    const answer = await server.manage('GET', `${tree.path}/identities${query}`)
    return { rows: bodyOf(answer, 200), headers: answer.headers }
  }
  const names = async (query: string) => {
    return (await list(query)).rows.map(({ name }: { name: string }) => name)
  }

  test('list every account, those without a role too, and no account of root', async () => {
    const { rows, headers } = await list()
    expect(headers.get('x-total-count')).toBe('3')
    const none = { companyRoles: [], effectiveRoles: [], inherited: [] }
    const plain = { identityType: 'serviceaccount', ...none, projects: [] }
    const inherited = [{ role: 'reporter', source: 'company' }]
    expect(rows).toEqual([
      { ...plain, identityId: ids[0], name: 'nobody' },
      {
        ...plain,
        identityId: ids[1],
        name: 'deployer',
        companyRoles: ['reporter'],
        effectiveRoles: ['reporter'],
        projects: [
          {
            _id: tree.projectId,
            roles: [],
            effectiveRoles: ['reporter'],
            inherited,
            environments: [
              {
                envId: tree.envId,
                roles: ['maintainer'],
                effectiveRoles: ['maintainer', 'reporter'],
                inherited,
              },
            ],
            inheritedEnvironments: [],
          },
        ],
      },
      {
        ...plain,
        identityId: ids[2],
        name: 'admin',
        projects: [
          {
            _id: tree.projectId,
            roles: ['project-admin'],
            effectiveRoles: ['project-admin'],
            inherited: [],
            environments: [],
            inheritedEnvironments: [],
          },
        ],
      },
    ])
  })

  test('are filtered by type, whatever its case, and a type that is none is named', async () => {
    for (const type of ['serviceaccount', 'serviceAccount', 'SERVICEACCOUNT']) {
      expect(await names(`?identityType=${type}`)).toHaveLength(3)
    }
    expect(await names('?identityType=user')).toEqual([])
    const answer = await server.manage('GET', `${tree.path}/identities?identityType=robot`)
    expect([answer.status, answer.body.field]).toEqual([400, 'identityType'])
  })

  test('are narrowed to projects that are named with commas, or each by itself', async () => {
    const { projectId: other } = bodyOf(
      await server.manage('POST', `${tree.path}/projects`, { name: 'Other' }),
      201,
    )
    const ofNobody = async (query: string) => {
      const [{ projects }] = (await list(query)).rows
      return projects.map(({ _id }: { _id: string }) => _id)
    }
    expect(await ofNobody(`?projectIds=${tree.projectId},${other}`)).toEqual([
      tree.projectId,
      other,
    ])
    expect(await ofNobody(`?projectIds=${other}&projectIds=${tree.projectId}`)).toEqual([
      other,
      tree.projectId,
    ])
    expect(await ofNobody(`?projectIds=proj_nowhere`)).toEqual([])
  })

  test('say what they hold by a group alone, beside what is set for them', async () => {
    const company = await newTree(server)
    const who = await member(server, company, { name: 'deployer' })
    const groups = `${company.path}/groups`
    const { _id } = bodyOf(
      await server.manage('POST', groups, {
        name: 'deployers',
        role: 'guest',
        members: [who.clientId],
      }),
      201,
    )
    const environmentsRole = [{ envId: company.envId, role: 'maintainer' }]
    const projectsRole = [{ projectId: company.projectId, role: '', environmentsRole }]
    bodyOf(await server.manage('PATCH', `${groups}/${_id}`, { projectsRole }), 200)
    const byGroup = (role: string) => ({
      effectiveRoles: [role],
      inherited: [{ role, source: 'group', group: _id }],
    })
    for (const query of ['', `&projectIds=${company.projectId}`]) {
      const path = `${company.path}/identities?identityType=serviceaccount${query}`
      expect(bodyOf(await server.manage('GET', path), 200)).toEqual([
        {
          identityId: who.clientId,
          name: 'deployer',
          identityType: 'serviceaccount',
          companyRoles: [],
          ...byGroup('guest'),
          projects: [
            {
              _id: company.projectId,
              roles: [],
              effectiveRoles: [],
              inherited: [],
              environments: [],
              inheritedEnvironments: [
                { envId: company.envId, roles: [], ...byGroup('maintainer') },
              ],
            },
          ],
        },
      ])
    }
  })

  test('are searched, sorted and paged, onwards by a cursor of this very list', async () => {
    expect(await names('?q=DEPLOY')).toEqual(['deployer'])
    expect(await names(`?q=${ids[2]}`)).toEqual(['admin'])
    expect(await names('?sort=-name')).toEqual(['nobody', 'deployer', 'admin'])
    expect(await names('?page=2&per_page=2')).toEqual(['admin'])
    const { headers } = await list('?sort=name&per_page=2')
    const next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''
    expect(next).toContain('cursor=')
    expect(await names(next.slice(next.indexOf('?')))).toEqual(['nobody'])
    const cursor = new URLSearchParams(next.slice(next.indexOf('?'))).get('cursor')
    for (const query of [`sort=-name&cursor=${cursor}`, `sort=name&cursor=A${cursor}`]) {
      const { status, body } = await server.manage('GET', `${tree.path}/identities?${query}`)
      expect([status, body.field]).toEqual([400, 'cursor'])
    }
  })

  describe('for somebody of the company', () => {
    test('are there with a role that views it, and forbidden without', async () => {
      const guest = await memberCaller(server, tree, { role: 'guest' })
      expect((await guest('GET', `${tree.path}/identities`)).status).toBe(200)
      const nobody = await memberCaller(server, tree)
      expect((await nobody('GET', `${tree.path}/identities`)).status).toBe(403)
    })
  })
})
