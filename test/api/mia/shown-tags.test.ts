import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create, passTime } from './accounts.ts'
import { bodyOf, member, newTree, type Tree } from './companies.ts'
import { holderOf, trust } from './persons.ts'

interface Case {
  readonly path: string
  /** What changes something that is shown, and nothing of the record. */
  readonly change: () => Promise<unknown>
}

onEachStore('the tag of what is shown with more than its record', (store) => {
  let server: TestServer
  let issuer: TestIssuer
  beforeAll(async () => {
    server = await startTestServer({ store })
    issuer = await openTestIssuer()
    await trust(server, issuer.url)
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const made = async (path: string, body: object) =>
    bodyOf(await server.manage('POST', path, body), 201)
  const deleted = async (path: string) =>
    bodyOf(await server.manage('DELETE', path, undefined), 204)
  const projectOf = ({ projectId }: Tree) => `/api/projects/${projectId}`
  const onProject = ({ projectId }: Tree, role = 'developer') => ({
    projectsRole: [{ projectId, role }],
  })

  /** A person with an account here who has a role on the project. */
  async function person(tree: Tree) {
    const claims = { sub: tree.companyId, email: `${tree.companyId}@x.example` }
    const caller = holderOf(server, issuer.token({ ...claims, email_verified: true }))
    const { id: userId } = bodyOf(await caller('GET', '/api/me'), 200)
    const invitation = { email: claims.email, role: 'guest' }
    await server.manage('POST', `${tree.path}/users`, invitation)
    const path = `${tree.path}/users/${userId}`
    return { caller, userId, path }
  }

  const cases: Readonly<Record<string, (tree: Tree) => Promise<Case>>> = {
    'an account of a company, when a project is deleted where it had a role': async (tree) => {
      const { clientId } = await member(server, tree, { role: 'guest', ...onProject(tree) })
      const path = `${tree.path}/service-accounts/${clientId}`
      return { path, change: () => deleted(projectOf(tree)) }
    },
    'an account, when it logs in': async () => {
      const who = await create(server)
      return { path: `${accountsPath}/${who.clientId}`, change: () => server.token(who) }
    },
    'a client, when it logs in': async () => {
      const who = await create(server)
      return { path: `/clients/${who.clientId}`, change: () => server.token(who) }
    },
    'a client key, when it is used': async () => {
      const { id, clientKey } = await made('/api/client-keys', { name: 'portal' })
      const change = () =>
        server.manage('GET', accountsPath, undefined, { 'client-key': clientKey })
      return { path: `/api/client-keys/${id}`, change }
    },
    'a project, when an environment is made in it': async (tree) => {
      const environments = `${projectOf(tree)}/environments`
      return { path: projectOf(tree), change: () => made(environments, { name: 'Production' }) }
    },
    'a group, when a project is deleted where it had a role': async (tree) => {
      const path = `${tree.path}/groups`
      const { groupId } = await made(path, { name: 'readers' })
      await server.manage('PATCH', `${path}/${groupId}`, onProject(tree))
      return { path: `${path}/${groupId}`, change: () => deleted(projectOf(tree)) }
    },
    'a group, when one of its members is renamed': async (tree) => {
      const { clientId } = await member(server, tree)
      const { groupId } = await made(`${tree.path}/groups`, { name: 'x', members: [clientId] })
      const account = `${tree.path}/service-accounts/${clientId}`
      const change = () => server.manage('PATCH', account, { name: 'another' })
      return { path: `${tree.path}/groups/${groupId}`, change }
    },
    'a person of a company, when they are put into a group': async (tree) => {
      const { path, userId } = await person(tree)
      const change = () => made(`${tree.path}/groups`, { name: 'x', members: [userId] })
      return { path, change }
    },
    'a person of a company, when a project is deleted where they had a role': async (tree) => {
      const { path } = await person(tree)
      await server.manage('PATCH', path, onProject(tree))
      return { path, change: () => deleted(projectOf(tree)) }
    },
    'a person, when they come again': async (tree) => {
      const { caller, userId } = await person(tree)
      const change = async () => {
        await passTime(server, 61_000)
        await caller('GET', '/api/me')
      }
      return { path: `/api/users/${userId}`, change }
    },
    'an account, when a secret that was rotated ends': async () => {
      const { clientId } = await create(server)
      const path = `${accountsPath}/${clientId}`
      await server.manage('POST', `${path}/rotate`, { overlapSeconds: 60 })
      return { path, change: () => passTime(server, 61_000) }
    },
    'a token, when it ends': async () => {
      const { clientId } = await create(server)
      const path = `${accountsPath}/${clientId}/tokens`
      const expiresAt = new Date(Date.now() + server.clock.offset + 3_600_000).toISOString()
      const { id } = await made(path, { name: 'ci', expiresAt })
      return { path: `${path}/${id}`, change: () => passTime(server, 3_700_000) }
    },
  }

  test.each(Object.entries(cases))('is another one of %s', async (_, prepare) => {
    const { path, change } = await prepare(await newTree(server))
    const before = await server.manage('GET', path)
    const tag = before.headers.get('etag') ?? ''
    const known = { 'if-none-match': tag, 'cache-control': 'max-age=0' }
    const same = await server.manage('GET', path, undefined, known)
    expect([before.status, same.status]).toEqual([200, 304])

    await change()
    const after = await server.manage('GET', path, undefined, known)
    expect(after.status).toBe(200)
    expect(after.body).not.toEqual(before.body)
    expect(after.headers.get('etag')).not.toBe(tag)
  })

  test('names the version that a change is of, whatever else is shown by then', async () => {
    const tree = await newTree(server)
    const { clientId } = await member(server, tree, { role: 'guest', ...onProject(tree) })
    const path = `${tree.path}/service-accounts/${clientId}`
    const seen = { 'if-match': (await server.manage('GET', path)).headers.get('etag') ?? '' }
    await server.token(await member(server, tree))
    const first = await server.manage('PATCH', path, { description: 'a' }, seen)
    const stale = await server.manage('PATCH', path, { description: 'b' }, seen)
    expect([first.status, stale.status, stale.body.code]).toEqual([200, 412, 'version.stale'])
    const own = { 'if-match': first.headers.get('etag') ?? '' }
    expect((await server.manage('PATCH', path, { description: 'c' }, own)).status).toBe(200)
  })
})
