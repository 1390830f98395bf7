import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import type { Caller } from './accounts.ts'
import { bodyOf, member, memberCaller, newTree, type Tree, uniqueWord } from './companies.ts'

/** Who asks, and what of the project and of its environment they are shown. */
const readers: readonly (readonly [string, (tree: Tree) => object, readonly string[]])[] = [
  ['guest', () => ({ role: 'guest' }), []],
  ['reporter', () => ({ role: 'reporter' }), ['project', 'environment']],
  ['developer', () => ({ role: 'developer' }), ['project', 'environment']],
  ['company-owner', () => ({ role: 'company-owner' }), ['project', 'environment']],
  [
    'guest who is guest of the project',
    ({ projectId }) => ({ role: 'guest', projectsRole: [{ projectId, role: 'guest' }] }),
    ['project'],
  ],
  [
    'guest who is developer of the project',
    ({ projectId }) => ({ role: 'guest', projectsRole: [{ projectId, role: 'developer' }] }),
    ['project', 'environment'],
  ],
  [
    'guest who is reporter of the environment',
    ({ projectId, envId }) => ({
      role: 'guest',
      projectsRole: [{ projectId, role: '', environmentsRole: [{ envId, role: 'reporter' }] }],
    }),
    ['project', 'environment'],
  ],
]

onEachStore('roles below a company', (store) => {
  let server: TestServer
  let tree: Tree
  const lists: string[] = []
  const objects: string[] = []

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    const { path, projectId, envId } = tree
    const environmentsRole = [{ envId, role: 'maintainer' }]
    const projectsRole = [{ projectId, role: 'developer', environmentsRole }]
    const post = async (noun: string, body: object) =>
      bodyOf(await server.manage('POST', `${path}/${noun}`, body), 201)
    const { clientId } = await member(server, tree, { projectsRole })
    const { userId } = await post('users', { email: 'ada@people.example', role: 'guest' })
    const { _id } = await post('groups', { name: uniqueWord('group'), members: [userId] })
    for (const one of [`users/${userId}`, `groups/${_id}`]) {
      bodyOf(await server.manage('PATCH', `${path}/${one}`, { projectsRole }), 200)
    }
    const nouns = ['service-accounts', 'users', 'groups', 'identities']
    lists.push(
      ...nouns.map((noun) => `${path}/${noun}`),
      `${path}/identities?projectIds=${projectId}`,
    )
    const ids = [`service-accounts/${clientId}`, `users/${userId}`, `groups/${_id}`]
    objects.push(...ids.map((id) => `${path}/${id}`))
  })
  afterAll(async () => await server.close())

  /** What of the tree an answer names. */
  function namedIn(text: string): readonly string[] {
    const { projectId, envId } = tree
    return [
      ...(text.includes(`"${projectId}"`) ? ['project'] : []),
      ...(text.includes(`"${envId}"`) ? ['environment'] : []),
    ]
  }

  /** What of the tree each answer names. */
  async function seenBy(caller: Caller): Promise<readonly unknown[]> {
    const paths = [...lists, ...objects]
    const answers = await Promise.all(paths.map(async (path) => await caller('GET', path)))
    return answers.map(({ status, text }, at) => [paths[at], status, namedIn(text)])
  }
  const each = (seen: readonly string[]) => [...lists, ...objects].map((path) => [path, 200, seen])
  const everything = ['project', 'environment']

  test.each(readers)('are shown to a %s as far as they see the places', async (_, given, seen) => {
    const caller = await memberCaller(server, tree, given(tree))
    // Whoever sees everything is shown the same rows before and behind it.
    expect(await seenBy(server.manage)).toEqual(each(everything))
    expect(await seenBy(caller)).toEqual(each(seen))
    expect(await seenBy(server.manage)).toEqual(each(everything))
  })

  test('are shown to whoever gives them, on places that they may not see otherwise', async () => {
    const permissions = ['console.company.view', 'console.company.users.manage']
    const role = { name: uniqueWord('role'), permissions }
    const { roleId } = bodyOf(await server.manage('POST', `${tree.path}/roles`, role), 201)
    const caller = await memberCaller(server, tree, { role: roleId })
    expect((await caller('GET', `/api/projects/${tree.projectId}`)).status).toBe(403)
    expect(await seenBy(caller)).toEqual(each(everything))
  })
})
