import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import type { Caller } from './accounts.ts'
import {
  bodyOf,
  companyAccount,
  member,
  memberCaller,
  newTree,
  type Tree,
  uniqueWord,
} from './companies.ts'

/** Lists of a company that are paged by cursor, below its path. */
const lists = ['service-accounts', 'identities', 'users', 'groups', 'projects'] as const

onEachStore('what belongs to one company', (store) => {
  let server: TestServer
  let own: Tree
  let other: Tree

  beforeAll(async () => {
    server = await startTestServer({ store })
    own = await newTree(server)
    other = await newTree(server)
    for (const tree of [own, other]) await fill(tree)
  })
  afterAll(async () => await server.close())

  /** Three of everything that is listed. */
  async function fill(tree: Tree): Promise<void> {
    for (const name of ['one', 'two', 'three']) {
      await member(server, tree, { name })
      const email = `${uniqueWord(name).replace(' ', '-')}@people.example`
      const post = async (list: string, body: object) =>
        bodyOf(await server.manage('POST', `${tree.path}/${list}`, body), 201)
      await post('users', { email, role: 'guest' })
      await post('groups', { name })
      await post('projects', { name })
    }
  }

  async function cursorOf(list: string): Promise<string> {
    const { headers } = await server.manage('GET', `${own.path}/${list}?sort=name&per_page=2`)
    return /[?&]cursor=([^&>]+)/.exec(headers.get('link') ?? '')?.[1] ?? ''
  }

  describe.each(lists)('the cursor of a list of %s', (list) => {
    const ask = (tree: Tree, query: string) => server.manage('GET', `${tree.path}/${list}?${query}`)

    test('goes on in that list', async () => {
      const cursor = await cursorOf(list)
      expect((await ask(own, `sort=name&cursor=${cursor}`)).status).toBe(200)
    })

    test('is refused by name in that of another company, in another order, search or list', async () => {
      const cursor = await cursorOf(list)
      const another = list === 'groups' ? 'users' : 'groups'
      const asked = [
        await ask(other, `sort=name&cursor=${cursor}`),
        await ask(own, `sort=-name&cursor=${cursor}`),
        await ask(own, `sort=name&q=o&cursor=${cursor}`),
        await server.manage('GET', `${own.path}/${another}?sort=name&cursor=${cursor}`),
        await ask(own, `sort=name&cursor=${cursor.slice(0, -1)}`),
      ]
      for (const { status, body } of asked) {
        expect([status, body.code, body.field]).toEqual([400, 'request.invalid', 'cursor'])
      }
    })

    test('opens nothing to whoever is a stranger there', async () => {
      const stranger = await memberCaller(server, other, { role: 'company-owner' })
      const cursor = await cursorOf(list)
      const answer = await stranger('GET', `${own.path}/${list}?sort=name&cursor=${cursor}`)
      expect([answer.status, answer.body.code]).toEqual([404, 'company.not_found'])
    })
  })

  describe('a request for several things of which one is beyond its caller', () => {
    let admin: Caller
    let target: { readonly clientId: string }
    beforeAll(async () => {
      admin = await memberCaller(server, own, {
        projectsRole: [{ projectId: own.projectId, role: 'project-admin' }],
      })
      target = await member(server, own)
    })
    const at = () => `${own.path}/service-accounts/${target.clientId}`
    const projectsOf = async () => {
      const { body } = await server.manage(
        'GET',
        `${own.path}/identities?projectIds=${own.projectId}`,
      )
      return body.find(({ identityId }: { identityId: string }) => identityId === target.clientId)
        ?.projects[0]?.roles
    }

    test.each<readonly [string, (tree: Tree) => object]>([
      [
        'a role on the company',
        ({ projectId }) => ({
          role: 'reporter',
          projectsRole: [{ projectId, role: 'developer' }],
        }),
      ],
      [
        'a name',
        ({ projectId }) => ({ name: 'mine', projectsRole: [{ projectId, role: 'developer' }] }),
      ],
    ])('is refused whole, and nothing is written: %s', async (_what, given) => {
      const answer = await admin('PATCH', at(), given(own))
      expect([answer.status, await projectsOf()]).toEqual([403, []])
    })

    test('is refused whole when the other is a project of somebody else', async () => {
      const { projectId } = bodyOf(
        await server.manage('POST', `${own.path}/projects`, { name: uniqueWord('other') }),
        201,
      )
      const projectsRole = [
        { projectId: own.projectId, role: 'developer' },
        { projectId, role: 'developer' },
      ]
      expect((await admin('PATCH', at(), { projectsRole })).status).toBe(403)
      expect(await projectsOf()).toEqual([])
      projectsRole.pop()
      expect((await admin('PATCH', at(), { projectsRole })).status).toBe(200)
      expect(await projectsOf()).toEqual(['developer'])
    })
  })

  describe('a name that is another’s but for case and composition', () => {
    const spellings = ['Straße É', 'STRASSE e\u0301', 'ｓｔｒａｓｓｅ É'] as const
    const nouns: readonly (readonly [string, (tree: Tree) => string, (name: string) => object])[] =
      [
        ['project', ({ path }) => `${path}/projects`, (name) => ({ name })],
        [
          'environment',
          ({ projectId }) => `/api/projects/${projectId}/environments`,
          (name) => ({ name }),
        ],
        ['group', ({ path }) => `${path}/groups`, (name) => ({ name })],
        [
          'role',
          ({ path }) => `${path}/roles`,
          (name) => ({ name, permissions: ['console.company.view'] }),
        ],
        ['company', () => '/api/companies', (name) => ({ name })],
        ['client key', () => '/api/client-keys', (name) => ({ name })],
        [
          'root account',
          () => '/api/service-accounts',
          (name) => companyAccount({ name, permissions: [] }),
        ],
      ]

    test.each(nouns)('is taken, for a %s', async (_noun, at, given) => {
      const [first, ...others] = spellings
      bodyOf(await server.manage('POST', at(own), given(first)), 201)
      for (const name of others) {
        const { status, body } = await server.manage('POST', at(own), given(name))
        expect([name, status, body.code, body.field]).toEqual([name, 409, 'name.taken', 'name'])
      }
    })

    test('is free in another company', async () => {
      for (const [, at, given] of nouns.slice(0, 4)) {
        bodyOf(await server.manage('POST', at(other), given(spellings[1])), 201)
      }
    })
  })
})
