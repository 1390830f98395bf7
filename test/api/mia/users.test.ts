import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openPeople, type People } from '../../people/provider.ts'
import { eventually } from '../../support/eventually.ts'
import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerWith, passTime, view } from './accounts.ts'
import { bodyOf, memberCaller, newTree } from './companies.ts'
import { holderOf, trust } from './persons.ts'

const bind = 'console.root.user.bind'
const managePeople = 'console.root.user.manage'

onEachStore('people of this server', (store) => {
  let server: TestServer
  let people: People
  let other: TestIssuer
  let issuerId: string
  let ada: Caller

  beforeAll(async () => {
    server = await startTestServer({ store })
    people = await openPeople()
    other = await openTestIssuer()
    issuerId = await trust(server, people.issuer)
    await trust(server, other.url)
    ada = holderOf(server, await people.tokenOf('ada'))
  })
  afterAll(async () => {
    await server.close()
    await people.close()
    await other.close()
  })

  const me = async (caller: Caller) => bodyOf(await caller('GET', '/api/me'), 200)
  const newPerson = async (claims: object = {}) => {
    count += 1
    const caller = holderOf(server, other.token({ sub: `person-${count}`, ...claims }))
    return { caller, id: (await me(caller)).id, path: `/api/users/${(await me(caller)).id}` }
  }
  let count = 0

  describe('/api/me', () => {
    test('knows a person without any role, who sees nothing', async () => {
      await newTree(server)
      expect(await me(ada)).toEqual({
        kind: 'user',
        id: expect.stringMatching(/^user_/),
        name: 'Ada Example',
        email: 'ada@people.example',
        permissions: [],
        roles: [],
        companies: [],
        projects: [],
        totals: { roles: 0, companies: 0, projects: 0 },
      })
      expect(bodyOf(await ada('GET', '/api/companies'), 200)).toEqual([])
    })

    test('tells an account its roles, where they come from, and what it may see', async () => {
      const tree = await newTree(server)
      const { companyId, projectId, envId } = tree
      const environmentsRole = [{ envId, role: 'maintainer' }]
      const caller = await memberCaller(server, tree, {
        role: 'guest',
        projectsRole: [{ projectId, role: 'developer', environmentsRole }],
      })
      const body = await me(caller)
      const own = { source: 'own' }
      expect(body).toMatchObject({ kind: 'serviceaccount', permissions: [] })
      expect(body.roles).toEqual([
        { role: 'guest', level: 'company', resource: companyId, ...own },
        { role: 'developer', level: 'project', resource: projectId, ...own },
        { role: 'maintainer', level: 'environment', resource: `${projectId}:${envId}`, ...own },
      ])
      expect(body.companies).toMatchObject([{ companyId, tenantId: companyId }])
      expect(body.projects).toMatchObject([{ projectId, companyId }])
    })

    test('tells a person who made a company that they own it as its founder', async () => {
      const { caller, path } = await newPerson()
      await server.manage('PATCH', path, { permissions: ['console.root.company.create'] })
      const made = bodyOf(await caller('POST', '/api/companies', { name: `of ${path}` }), 201)
      const { roles } = await me(caller)
      const resource = made.companyId
      expect(roles).toEqual([
        { role: 'company-owner', level: 'company', resource, source: 'founder' },
      ])
    })
  })

  test('are the same at every sign-in, and two issuers never mean one person', async () => {
    const [first, again] = [await me(ada), await me(holderOf(server, await people.tokenOf('ada')))]
    expect(again.id).toBe(first.id)
    const namesake = holderOf(server, other.token({ sub: 'ada' }))
    expect((await me(namesake)).id).not.toBe(first.id)
  })

  test('get what an invitation gives that was open before anybody vouched for their address', async () => {
    const { companyId } = await newTree(server)
    const address = { sub: 'late', email: 'late@people.example' }
    const at = (verified: boolean) =>
      holderOf(server, other.token({ ...address, email_verified: verified }))
    const { id } = await me(at(false))
    const users = `/api/companies/${companyId}/users`
    const { email } = address
    const invited = bodyOf(await server.manage('POST', users, { email, role: 'developer' }), 201)
    expect(invited).toMatchObject({ state: 'invited' })
    expect((await me(at(false))).roles).toEqual([])
    const { id: same, companies } = await me(at(true))
    expect([same, companies]).toMatchObject([id, [{ companyId }]])
    expect(bodyOf(await server.manage('GET', users), 200)).toMatchObject([
      { userId: id, companyRoles: ['developer'] },
    ])
  })

  test('are invited as guests by who may invite anywhere, and as nothing more', async () => {
    const { companyId } = await newTree(server)
    const users = `/api/companies/${companyId}/users`
    const inviter = await callerWith(server, [managePeople])
    const invited = { email: 'guest@people.example', role: 'guest' }
    const made = bodyOf(await inviter('POST', users, invited), 201)
    expect(made).toMatchObject({ companyRoles: ['guest'], state: 'invited' })
    const more = await inviter('POST', users, { email: 'more@people.example', role: 'reporter' })
    expect([more.status, more.body.code]).toEqual([403, 'grant.exceeds_own'])
    expect((await inviter('DELETE', `${users}/${made['userId']}`)).status).toBe(204)
  })

  test('are listed with all else of a company for those who give and take roles anywhere', async () => {
    const { companyId } = await newTree(server)
    const binder = await callerWith(server, [bind])
    expect((await binder('GET', `/api/companies/${companyId}/identities`)).status).toBe(200)
  })

  test('have issuers, which those who view everything read, and do not change', async () => {
    const viewer = await callerWith(server, [view])
    expect((await viewer('GET', '/api/issuers')).status).toBe(200)
    const path = `/api/issuers/${issuerId}`
    expect((await viewer('GET', path)).status).toBe(200)
    expect((await viewer('PATCH', path, { state: 'disabled' })).status).toBe(403)
  })

  test('are listed for those who view or manage people, found by name and address, and read one by one', async () => {
    const { id } = await me(ada)
    for (const permission of [view, managePeople]) {
      const caller = await callerWith(server, [permission])
      const list = await caller('GET', '/api/users?q=ADA@people')
      expect(list.headers.get('x-total-count')).toBe('1')
      const [row] = bodyOf(list, 200)
      expect(row).toMatchObject({
        userId: id,
        name: 'Ada Example',
        email: 'ada@people.example',
        emailVerified: true,
        issuer: people.issuer,
        state: 'enabled',
        permissions: [],
      })
      expect(bodyOf(await caller('GET', `/api/users/${id}`), 200)).toEqual(row)
    }
    const page = await server.manage('GET', '/api/users?per_page=1')
    expect([page.body.length, page.headers.get('link')]).toEqual([
      1,
      expect.stringContaining('next'),
    ])
    const absent = await server.manage('GET', '/api/users/user_x')
    expect([absent.status, absent.body.code]).toEqual([404, 'user.not_found'])
  })

  test('have a last login that is a text, and no sign-in costs a write', async () => {
    const { caller, path } = await newPerson()
    const read = async (): Promise<number> =>
      Date.parse(bodyOf(await server.manage('GET', path), 200).lastLogin)
    const first = await read()
    await passTime(server, 61_000)
    await me(caller)
    const second = await eventually(read, (at) => at > first)
    expect(second - first).toBeGreaterThanOrEqual(60_000)
    const { headers } = await server.manage('GET', path)
    expect(headers.get('etag')).toMatch(/^"1\./)
  })

  test('end at once when they are disabled, and come back when they are enabled', async () => {
    const { caller, path } = await newPerson()
    bodyOf(await server.manage('PATCH', path, { state: 'disabled' }), 200)
    const refused = await caller('GET', '/api/me')
    expect([refused.status, refused.body.code]).toEqual([401, 'actor.unauthenticated'])
    bodyOf(await server.manage('PATCH', path, { state: 'enabled' }), 200)
    expect((await caller('GET', '/api/me')).status).toBe(200)
  })

  test('come back as somebody new without rights after they were deleted', async () => {
    const { caller, id, path } = await newPerson()
    await server.manage('PATCH', path, { permissions: [view] })
    expect((await server.manage('DELETE', path)).status).toBe(204)
    const body = await me(caller)
    expect(body).toMatchObject({ permissions: [] })
    expect(body.id).not.toBe(id)
    expect((await server.manage('GET', path)).status).toBe(404)
  })

  test('end at once when their issuer is disabled', async () => {
    expect((await ada('GET', '/api/me')).status).toBe(200)
    const path = `/api/issuers/${issuerId}`
    await server.manage('PATCH', path, { state: 'disabled' })
    expect((await ada('GET', '/api/me')).status).toBe(401)
    await server.manage('PATCH', path, { state: 'enabled' })
    expect((await ada('GET', '/api/me')).status).toBe(200)
  })

  describe('may be given permissions at the root', () => {
    test('by who holds console.root.user.bind and the permission, and use them at once', async () => {
      const { caller, path } = await newPerson()
      const binder = await callerWith(server, [bind, view])
      expect((await caller('GET', '/api/audit')).status).toBe(403)
      bodyOf(await binder('PATCH', path, { permissions: [view] }), 200)
      expect((await caller('GET', '/api/audit')).status).toBe(200)
      expect(await me(caller)).toMatchObject({ permissions: [view] })
      bodyOf(await binder('PATCH', path, { permissions: [] }), 200)
      expect((await caller('GET', '/api/audit')).status).toBe(403)
    })

    test('by nobody who lacks it, or who may only invite and remove', async () => {
      const { path } = await newPerson()
      const attempts: readonly (readonly [readonly string[], string])[] = [
        [[bind], 'grant.exceeds_own'],
        [[managePeople, view], 'actor.forbidden'],
      ]
      for (const [permissions, code] of attempts) {
        const caller = await callerWith(server, permissions)
        const answer = await caller('PATCH', path, { permissions: [view] })
        expect([answer.status, answer.body.code]).toEqual([403, code])
      }
      const unknown = await server.manage('PATCH', path, { permissions: ['nothing'] })
      expect([unknown.status, unknown.body.code]).toEqual([400, 'permission.unknown'])
    })

    test('and are then changed and deleted by nobody who holds less', async () => {
      const { path } = await newPerson()
      bodyOf(await server.manage('PATCH', path, { permissions: [view] }), 200)
      const caller = await callerWith(server, [managePeople])
      for (const answer of [
        await caller('PATCH', path, { state: 'disabled' }),
        await caller('DELETE', path),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
      }
      const binder = await callerWith(server, [bind, view])
      expect((await binder('PATCH', path, { state: 'disabled' })).status).toBe(403)
    })
  })

  test('change under the version that was seen, and answer 412 to another', async () => {
    const { path } = await newPerson()
    const change = (tag: string) =>
      server.manage('PATCH', path, { state: 'enabled' }, { 'if-match': tag })
    expect((await change('"1"')).headers.get('etag')).toMatch(/^"2\./)
    expect((await change('"1"')).body.code).toBe('version.stale')
  })
})
