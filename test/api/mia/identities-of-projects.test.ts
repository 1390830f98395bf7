import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import type { Caller } from './accounts.ts'
import { bodyOf, member, memberCaller, newTree, type Tree } from './companies.ts'
import { standings, verdict, type Whose } from './standings.ts'

const listed = { method: 'GET', path: '/by/:projectIds' } as const
const onProject = 'identity.list_of_project'
const named = (caller: Caller, { path: company }: Tree, ...projectIds: readonly string[]) =>
  caller('GET', `${company}/identities?projectIds=${projectIds.join(',')}`)

onEachStore('the identities of a company on a project that is named', (store) => {
  let server: TestServer
  let tree: Tree
  let other = ''
  let ofPeople = ''

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    const made = await server.manage('POST', `${tree.path}/projects`, { name: 'Other' })
    other = bodyOf(made, 201).projectId
    const own = { name: 'Own', company: tree.companyId }
    ofPeople = bodyOf(await server.manage('POST', '/api/v1/projects', own), 201).id
  })
  afterAll(async () => await server.close())

  const admin = async (...projectIds: readonly string[]) =>
    await memberCaller(server, tree, {
      projectsRole: projectIds.map((projectId) => ({ projectId, role: 'project-admin' })),
    })

  test('are there for its project-admin, who gives one of them a role by what is shown', async () => {
    const { projectId, envId } = tree
    const { clientId } = await member(server, tree, { name: 'newcomer', role: 'reporter' })
    const caller = await admin(projectId)
    const find = async () =>
      bodyOf(await named(caller, tree, projectId), 200).find(
        ({ name }: { name: string }) => name === 'newcomer',
      )
    const found = await find()
    const inherited = [{ role: 'reporter', source: 'company' }]
    const counted = { roles: [], effectiveRoles: ['reporter'], inherited }
    expect(found).toEqual({
      identityId: clientId,
      name: 'newcomer',
      identityType: 'serviceaccount',
      companyRoles: ['reporter'],
      effectiveRoles: ['reporter'],
      inherited: [],
      projects: [
        {
          _id: projectId,
          ...counted,
          environments: [],
          inheritedEnvironments: [{ envId, ...counted }],
        },
      ],
    })
    const projectsRole = [{ projectId, role: 'maintainer' }]
    const account = `${tree.path}/service-accounts/${found.identityId}`
    bodyOf(await caller('PATCH', account, { projectsRole }), 200)
    expect((await find()).projects).toMatchObject([{ roles: ['maintainer'] }])
  })

  test('are there for whoever manages the identities of all projects that are named', async () => {
    const { projectId } = tree
    const shown = async (caller: Caller, ...ids: readonly string[]) => {
      const { status, body } = await named(caller, tree, ...ids)
      return status === 200 ? body[0].projects.map(({ _id }: { _id: string }) => _id) : status
    }
    const [one, both] = [await admin(projectId), await admin(projectId, other)]
    expect(await shown(both, projectId, other)).toEqual([projectId, other])
    expect(await shown(both, other)).toEqual([other])
    expect(await shown(one, projectId, other)).toBe(403)
    expect(await shown(one, projectId, 'proj_nowhere')).toBe(403)
    // Without a project that is named they are for those who may see the company.
    expect((await one('GET', `${tree.path}/identities`)).status).toBe(403)
    expect((await one('GET', `${tree.path}/identities?projectIds=`)).status).toBe(403)
  })

  test('are not there for who manages those of a project of another company', async () => {
    const foreign = await newTree(server)
    const caller = await admin(tree.projectId)
    const there = await memberCaller(server, foreign)
    for (const each of [await named(caller, foreign, tree.projectId)]) {
      expect([each.status, each.body.code]).toEqual([404, 'company.not_found'])
    }
    expect((await named(there, foreign, tree.projectId)).status).toBe(403)
  })

  test('are not there by a project of people, which anybody may have made', async () => {
    const caller = await admin(ofPeople)
    expect((await caller('GET', `/api/projects/${ofPeople}`)).status).toBe(200)
    expect((await named(caller, tree, ofPeople)).status).toBe(403)
  })
})

describe('the identities of a company on a project, own, foreign or absent', () => {
  let server: TestServer
  let trees: Readonly<Record<Whose, Tree>>

  beforeAll(async () => {
    server = await startTestServer()
    const own = await newTree(server)
    const absent = { ...own, path: '/api/companies/comp_x', projectId: 'proj_x' }
    trees = { own, foreign: await newTree(server), absent }
  })
  afterAll(async () => await server.close())

  test.each(standings.map((standing) => [standing.title, standing] as const))(
    'are there for a %s only by what its roles say',
    async (_, standing) => {
      const caller = await standing.make(server, trees.own)
      for (const whose of ['own', 'foreign', 'absent'] as const) {
        const verdicts = [
          verdict(standing, { ...listed, action: 'identity.list', at: 'company' }, whose),
          verdict(standing, { ...listed, action: onProject, at: 'project' }, whose),
        ]
        const order = ['allowed', 'forbidden', 'unknown'] as const
        const best = order.find((one) => verdicts.includes(one)) ?? 'unknown'
        const statuses = { allowed: whose === 'absent' ? 404 : 200, forbidden: 403, unknown: 404 }
        const { status } = await named(caller, trees[whose], trees[whose].projectId)
        expect([whose, status]).toEqual([whose, statuses[best]])
      }
    },
  )
})
