import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { bodyOf, companyAccount, newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

/** The team of the console's own example, and the roles that it gives each of them. */
const team = {
  'project manager': { onProject: 'project-admin' },
  'tech lead': { onProject: 'project-admin' },
  designer: { onProject: 'reporter' },
  senior: { onProject: 'maintainer' },
  junior: { onProject: 'developer', onDevelopment: 'maintainer' },
} as const
type Who = keyof typeof team
const everybody: readonly Who[] = ['project manager', 'tech lead', 'designer', 'senior', 'junior']

/** What they may do, by a permission on the project, or on one of its environments. */
const rights: readonly (readonly [
  permission: string,
  on: 'project' | 'development' | 'production',
  who: readonly Who[],
])[] = [
  ['console.project.view', 'project', everybody],
  [
    'console.project.configuration.update',
    'project',
    ['project manager', 'tech lead', 'senior', 'junior'],
  ],
  ['console.project.users.manage', 'project', ['project manager', 'tech lead']],
  ['console.project.secreted_variables.manage', 'project', ['project manager', 'tech lead']],
  [
    'console.environment.deploy.trigger',
    'development',
    ['project manager', 'tech lead', 'senior', 'junior'],
  ],
  ['console.environment.deploy.trigger', 'production', ['project manager', 'tech lead', 'senior']],
  [
    'console.environment.k8s.pod.delete',
    'development',
    ['project manager', 'tech lead', 'senior', 'junior'],
  ],
  ['console.environment.k8s.pod.delete', 'production', ['project manager', 'tech lead', 'senior']],
  ['console.environment.view', 'production', everybody],
  ['console.project.delete', 'project', []],
]

onEachStore('the roles of the console’s own example', (store) => {
  let server: TestServer
  let tree: Tree
  let production: string
  const members = new Map<Who, Credentials>()

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    const environments = `/api/projects/${tree.projectId}/environments`
    const made = await server.manage('POST', environments, { name: 'Production' })
    production = bodyOf(made, 201).envId
    for (const who of everybody) members.set(who, await join(who))
  })
  afterAll(() => server.close())

  /** A member of the team: an account in a group, which has the roles. */
  async function join(who: Who): Promise<Credentials> {
    const { path, projectId, envId } = tree
    const accounts = `${path}/service-accounts`
    const account = companyAccount({ name: uniqueWord(who) })
    const made: Credentials = bodyOf(await server.manage('POST', accounts, account), 201)
    const roles: { onProject: string; onDevelopment?: string } = team[who]
    const role = roles.onDevelopment
    const environmentsRole = role === undefined ? [] : [{ envId, role }]
    const projectsRole = [{ projectId, role: roles.onProject, environmentsRole }]
    const group = { name: uniqueWord(who), members: [made.clientId] }
    const { groupId } = bodyOf(await server.manage('POST', `${path}/groups`, group), 201)
    bodyOf(await server.manage('PATCH', `${path}/groups/${groupId}`, { projectsRole }), 200)
    return made
  }

  function memberOf(who: Who): Credentials {
    const found = members.get(who)
    if (found === undefined) throw new Error(`nobody is the ${who}`)
    return found
  }

  function resourceOf(on: 'project' | 'development' | 'production'): string {
    const { projectId, envId } = tree
    if (on === 'project') return projectId
    return `${projectId}:${on === 'development' ? envId : production}`
  }

  describe.each(rights)('%s on the %s', (permission, on, allowed) => {
    test.each(everybody)('is allowed to the %s as the example has it', async (who) => {
      const { clientId: subject } = memberOf(who)
      const question = { subject, permission, resource: resourceOf(on) }
      const { body } = await server.manage('POST', '/api/access/check', question)
      expect([who, body]).toEqual([who, { allowed: allowed.includes(who) }])
    })

    test.each(everybody)('is in a token of the %s as the example has it', async (who) => {
      const kind = on === 'project' ? 'project' : 'environment'
      const resource = `urn:ostiary:${kind}:${resourceOf(on)}`
      const { status, body } = await server.token(memberOf(who), { scope: permission, resource })
      const got = status === 200 ? decodeJwt(body.access_token)['scope'] : body.error
      const wanted = allowed.includes(who) ? permission : 'invalid_scope'
      expect([who, got]).toEqual([who, wanted])
    })
  })

  test('a token says which roles the junior holds, and where', async () => {
    const { body } = await server.token(memberOf('junior'))
    const { projectId, envId, companyId } = tree
    expect(decodeJwt(body.access_token)).toMatchObject({
      company_id: companyId,
      permissions: [],
      roles: {
        companies: {},
        projects: { [projectId]: ['developer'] },
        environments: { [`${projectId}:${envId}`]: ['maintainer'] },
      },
    })
  })
})
