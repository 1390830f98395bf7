import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { describeMongo } from '../../storage/mongo-database.ts'
import { accountsPath, uniqueName } from '../../support/accounts.ts'
import { type Answer, startTestServer, type TestServer } from '../../support/server.ts'
import { mongo, onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor, create } from './accounts.ts'
import {
  bodyOf,
  companyAccount,
  member,
  memberCaller,
  newTree,
  type Tree,
  uniqueWord,
} from './companies.ts'
import {
  absent,
  filled,
  type Ids,
  idsOf,
  named,
  otherTree,
  type Route,
  routes,
} from './every-route.ts'

/** All that somebody could tell two answers apart by. */
function shown({ status, headers, text }: Answer) {
  const rest = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
  return { status, text, headers: Object.fromEntries(rest) }
}

const badBodies = [undefined, { ['__proto__']: {} }, [], { companyId: 'x' }]
const bodiesFor = ({ method }: Route) => (method === 'GET' ? [undefined] : badBodies)
/** Routes whose path names something inside of something else. */
const nested = routes.filter(({ path }) => (path.match(/:/g) ?? []).length > 1)
const readings = routes.filter(({ method }) => method === 'GET')

onEachStore('another company', (store) => {
  let server: TestServer
  let own: Tree
  let foreign: Tree
  let ids: Readonly<Record<'own' | 'foreign', Ids>>
  let owner: Caller

  beforeAll(async () => {
    server = await startTestServer({ store })
    own = await newTree(server)
    foreign = await otherTree(server)
    ids = { own: await idsOf(server, own), foreign: await idsOf(server, foreign) }
    owner = await memberCaller(server, own, { role: 'company-owner' })
  })
  afterAll(async () => await server.close())

  /** Both answers must be the same to the byte. */
  const compare = async (caller: Caller, route: Route, [one, two]: readonly [Ids, Ids]) => {
    for (const body of bodiesFor(route)) {
      const ask = async (of: Ids) => shown(await caller(route.method, filled(route.path, of), body))
      expect([named(route), body, await ask(one)]).toEqual([named(route), body, await ask(two)])
    }
  }

  describe('is not told from nothing', () => {
    test.each([
      ['the owner of a company', { role: 'company-owner' }],
      ['a member without a role', {}],
    ])('by %s, by whatever route and body', async (_, given) => {
      const caller = await memberCaller(server, own, given)
      for (const route of routes) await compare(caller, route, [ids.foreign, absent])
    })

    test('by way of what is one’s own, with something of the other inside of it', async () => {
      for (const route of nested) {
        const [outer = ''] = route.path.match(/:\w+/) ?? []
        const inOwn = (inside: Ids) => ({ ...inside, [outer]: ids.own[outer] ?? '' })
        await compare(owner, route, [inOwn(ids.foreign), inOwn(absent)])
      }
    })
  })

  test('is not reached by naming it in a header, a query or a body', async () => {
    const headers = {
      'x-company-id': foreign.companyId,
      'x-tenant-id': foreign.companyId,
      'mia-tenant-id': foreign.companyId,
      miauserid: server.admin.clientId,
    }
    for (const route of readings) {
      const path = filled(route.path, ids.own)
      const before = await owner('GET', path)
      expect((await owner('GET', path, undefined, headers)).text).toBe(before.text)
      const query = `?companyId=${foreign.companyId}&tenantId=${foreign.companyId}`
      const asked = await owner('GET', `${path}${query}`)
      if (asked.status !== 400) expect(asked.text).toBe(before.text)
    }
    const path = `${own.path}/projects`
    const name = uniqueWord('project')
    const body = { name, companyId: foreign.companyId }
    expect((await owner('POST', path, body, headers)).status).toBe(400)
    const made = bodyOf(await owner('POST', path, { name }, headers), 201)
    expect([made.companyId, made.tenantId]).toEqual([own.companyId, own.companyId])
  })

  test('shows in no list, search or count', async () => {
    const words = [foreign.companyId, foreign.projectId, ids.foreign[':clientId'] ?? '']
    for (const { path } of readings) {
      const { text, headers } = await owner('GET', filled(path, ids.own))
      for (const word of words) expect([path, text.includes(word)]).toEqual([path, false])
      const total = headers.get('x-total-count')
      if (total !== null) expect(JSON.parse(text)).toHaveLength(Number(total))
    }
    const named = await owner('GET', `/api/projects?tenantIds=${foreign.companyId}`)
    expect([named.status, named.body]).toEqual([200, []])
  })
})

describe('root accounts', () => {
  let server: TestServer
  let own: Tree
  let ids: Ids
  let rootName: string
  let rootId: string

  beforeAll(async () => {
    server = await startTestServer()
    own = await newTree(server)
    ids = await idsOf(server, own)
    rootName = uniqueName()
    rootId = (await create(server, { name: rootName })).clientId
  })
  afterAll(async () => await server.close())

  test.each(['company-owner', 'project-admin', 'guest'])(
    'are seen nowhere by a %s, not even as those who made something',
    async (role) => {
      const caller = await memberCaller(server, own, { role })
      for (const { path } of readings) {
        const { text } = await caller('GET', filled(path, ids))
        for (const word of [server.admin.clientId, rootId, rootName]) {
          expect([path, text.includes(word)]).toEqual([path, false])
        }
      }
    },
  )

  test('are named as makers to those who may list them', async () => {
    const read = bodyOf(await server.manage('GET', own.path), 200)
    expect(read.createdBy).toBe(server.admin.clientId)
    const owner = await memberCaller(server, own, { role: 'company-owner' })
    expect(bodyOf(await owner('GET', own.path), 200).createdBy).toBe('root')
  })

  test('take no names from the accounts of companies, and are not found by their own', async () => {
    const owner = await memberCaller(server, own, { role: 'company-owner' })
    const path = `${own.path}/service-accounts`
    expect((await owner('POST', path, companyAccount({ name: rootName }))).status).toBe(201)
    const found = await owner('GET', `${path}?q=${encodeURIComponent(rootName)}`)
    expect([found.headers.get('x-total-count'), found.body.length]).toEqual(['1', 1])
    expect(found.body[0].clientId).not.toBe(rootId)
  })

  test('are at their own path forbidden alike, whether they are there or not', async () => {
    const owner = await memberCaller(server, own, { role: 'company-owner' })
    for (const end of ['', '/credentials']) {
      const [one, two] = [rootId, 'ost_ci_none'].map((id) => `${accountsPath}/${id}${end}`)
      expect(shown(await owner('GET', `${one}`))).toEqual(shown(await owner('GET', `${two}`)))
    }
  })
})

describe('all of a request', () => {
  let server: TestServer
  let own: Tree

  beforeAll(async () => {
    server = await startTestServer()
    own = await newTree(server)
  })
  afterAll(async () => await server.close())

  test('is refused when one part of it is, and nothing is left of it', async () => {
    const name = uniqueWord('half')
    const both = [
      { projectId: own.projectId, role: 'maintainer' },
      { projectId: 'proj_none', role: 'maintainer' },
    ]
    const path = `${own.path}/service-accounts`
    const body = companyAccount({ name, role: 'guest', projectsRole: both })
    const refused = await server.manage('POST', path, body)
    expect([refused.status, refused.body.code]).toEqual([400, 'request.invalid'])
    expect(refused.body.message).toContain('proj_none')
    expect((await server.manage('GET', `${path}?q=${name.split(' ')[1]}`)).body).toEqual([])
    const who = await member(server, own, { role: 'guest' })
    const own1 = `${path}/${who.clientId}`
    const patched = await server.manage('PATCH', own1, { name, role: '', projectsRole: both })
    expect(patched.status).toBe(400)
    const kept = await server.manage('GET', own1)
    expect(kept.headers.get('etag')).toMatch(/^"1\./)
  })

  test('is refused when its name may be changed, and its role not', async () => {
    const viewer = { name: uniqueWord('role'), permissions: ['console.company.users.manage'] }
    const { roleId } = bodyOf(await server.manage('POST', `${own.path}/roles`, viewer), 201)
    const caller = await memberCaller(server, own, { role: roleId })
    const who = await member(server, own)
    const path = `${own.path}/service-accounts/${who.clientId}`
    const refused = await caller('PATCH', path, { description: 'changed', role: 'company-owner' })
    expect([refused.status, refused.body.code]).toEqual([403, 'grant.exceeds_own'])
    expect((await server.manage('GET', path)).body.description).toBe('')
  })
})

describeMongo('a role that is taken away', () => {
  test('ends with the next request, on every process', async () => {
    const fresh = mongo.fresh()
    const first = await startTestServer({ env: fresh.env })
    const second = await startTestServer({
      beside: { env: fresh.env, dir: first.dir },
      admin: first.admin,
    })
    const tree = await newTree(first)
    const who = await member(first, tree, { role: 'company-owner' })
    const there = await callerFor(second, who)
    expect((await there('POST', `${tree.path}/projects`, { name: 'One' })).status).toBe(201)
    const path = `${tree.path}/service-accounts/${who.clientId}`
    bodyOf(await first.manage('PATCH', path, { role: 'guest' }), 200)
    expect((await there('POST', `${tree.path}/projects`, { name: 'Two' })).status).toBe(403)
    bodyOf(await first.manage('PATCH', path, { role: '' }), 200)
    expect((await there('GET', tree.path)).status).toBe(403)
    await second.close()
    await first.close()
    await fresh.leave()
  })
})
