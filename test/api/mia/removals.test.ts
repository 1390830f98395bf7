import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, newTree, type Tree, uniqueWord } from './companies.ts'

onEachStore('whoever is taken out of a company and its groups', (store) => {
  let server: TestServer
  let tree: Tree
  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  const group = (id: string) => `${tree.path}/groups/${id}`
  const user = (id: string) => `${tree.path}/users/${id}`

  /** Somebody with a role, and in so many groups. */
  async function person(groups: number) {
    const email = `${uniqueWord('ada').replace(' ', '.')}@people.example`
    const invitation = { email, role: 'reporter' }
    const answer = await server.manage('POST', `${tree.path}/users`, invitation)
    const { userId } = bodyOf(answer, 201)
    const groupIds: string[] = []
    for (let n = 0; n < groups; n += 1) {
      const given = { name: uniqueWord('group'), members: [userId] }
      const made = await server.manage('POST', `${tree.path}/groups`, given)
      groupIds.push(bodyOf(made, 201).groupId)
    }
    return { userId, groupIds }
  }

  const remove = (userId: string) =>
    server.manage('DELETE', `${user(userId)}?removeFromGroups=true`)

  async function expectGone(userId: string): Promise<void> {
    expect((await server.manage('GET', user(userId))).status).toBe(404)
    expect((await server.manage('GET', `/api/users/${userId}`)).status).toBe(404)
    expect((await server.manage('GET', `${tree.path}/groups`)).text).not.toContain(userId)
  }

  test('is gone from all of them, though some are deleted at the same moment', async () => {
    const { userId, groupIds } = await person(5)
    const answers = await Promise.all([
      remove(userId),
      ...groupIds.slice(2).map((id) => server.manage('DELETE', group(id))),
    ])
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204])
    await expectGone(userId)
  })

  test('is gone once, however many ask for it at the same moment', async () => {
    const { userId, groupIds } = await person(3)
    const answers = await Promise.all([remove(userId), remove(userId), remove(userId)])
    for (const { status } of answers) expect([204, 404]).toContain(status)
    await expectGone(userId)
    for (const id of groupIds) {
      const log = bodyOf(await server.manage('GET', `/api/audit?target=${id}`), 200)
      const actions = log.map(({ action }: { readonly action: string }) => action)
      expect(actions).toEqual(['group.remove_members', 'group.create'])
    }
  })

  test('is gone from what was left when it is asked for again', async () => {
    const { userId, groupIds } = await person(2)
    expect((await server.manage('DELETE', user(userId))).status).toBe(204)
    const [id = ''] = groupIds
    const left = await server.manage('DELETE', `${group(id)}/members`, { memberIds: [userId] })
    expect(left.status).toBe(200)
    expect((await server.manage('GET', user(userId))).status).toBe(200)
    expect((await remove(userId)).status).toBe(204)
    await expectGone(userId)
  })
})
