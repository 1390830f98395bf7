import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { openPeople, type People, type PersonName } from '../../people/provider.ts'
import { openTestIssuer, type TestIssuer } from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor, callerWith, view } from './accounts.ts'
import { bodyOf, member, memberCaller, newTree, type Tree, uniqueWord } from './companies.ts'
import { holderOf, trust } from './persons.ts'

interface Row {
  readonly action: string
  readonly resourceId: string
}

const updated = { statusCode: 200, message: 'identity roles successfully updated' }

onEachStore('the people and groups of a company', (store) => {
  let server: TestServer
  let people: People
  let guests: TestIssuer
  let peopleIssuer: string
  let tree: Tree
  let count = 0

  beforeAll(async () => {
    server = await startTestServer({ store })
    people = await openPeople()
    guests = await openTestIssuer()
    peopleIssuer = await trust(server, people.issuer, { groupsClaim: 'groups' })
    await trust(server, guests.url, { groupsClaim: 'groups' })
    tree = await newTree(server)
  })
  afterAll(async () => {
    await server.close()
    await people.close()
    await guests.close()
  })

  const me = async (caller: Caller) => bodyOf(await caller('GET', '/api/me'), 200)
  const post = async (path: string, body: object, status = 201) =>
    bodyOf(await server.manage('POST', path, body), status)
  const known = async (name: PersonName) => holderOf(server, await people.tokenOf(name))
  /** Somebody who signs in with a verified address of their own, and a token that says more. */
  const guest = (claims: object = {}) => {
    count += 1
    const email = `guest-${count}@guests.example`
    const own = { sub: `guest-${count}`, email, email_verified: true }
    return { email, caller: holderOf(server, guests.token({ ...own, ...claims })) }
  }
  const rows = async (path = tree.path) => bodyOf(await server.manage('GET', `${path}/users`), 200)
  const viewsCompany = async (caller: Caller) => (await caller('GET', tree.path)).status

  describe('an invitation', () => {
    test('is shown as open, and claimed with its role by the verified address in any case', async () => {
      const { email, caller } = guest()
      const row = await post(`${tree.path}/users`, {
        email: email.toUpperCase(),
        role: 'developer',
      })
      expect(row).toEqual({
        userId: expect.stringMatching(/^user_/),
        email: email.toUpperCase(),
        fullname: email.toUpperCase(),
        name: email.toUpperCase(),
        state: 'invited',
        companyRoles: ['developer'],
        projects: [],
        lastLogin: '',
        groups: [],
      })
      expect(await me(caller)).toMatchObject({ id: row.userId, name: 'Ada', email })
      expect(await viewsCompany(caller)).toBe(200)
      const { userId } = row
      const now = bodyOf(await server.manage('GET', `${tree.path}/users/${userId}`), 200)
      expect(now).toMatchObject({ state: 'enabled', companyRoles: ['developer'] })
    })

    test('is not claimed by an address that the issuer does not call verified', async () => {
      const { email, caller } = guest({ email_verified: false })
      const row = await post(`${tree.path}/users`, { email, role: 'developer' })
      expect((await me(caller)).id).not.toBe(row.userId)
      expect(await viewsCompany(caller)).toBe(404)
    })

    test('of somebody who signed in with that address, verified, gives the role at once', async () => {
      const { email, caller } = guest()
      const { id } = await me(caller)
      const row = await post(`${tree.path}/users`, { email: email.toUpperCase(), role: 'guest' })
      expect(row).toMatchObject({ userId: id, state: 'enabled', companyRoles: ['guest'] })
      expect(await viewsCompany(caller)).toBe(200)
      const again = await server.manage('POST', `${tree.path}/users`, { email, role: 'guest' })
      expect([again.status, again.body.code, again.body.field]).toEqual([
        409,
        'name.taken',
        'email',
      ])
    })

    test('to several companies is one, and its address is claimed with all of them', async () => {
      const other = await newTree(server)
      const { email, caller } = guest()
      const made = await Promise.all(
        [tree, other].map(({ path }) => post(`${path}/users`, { email, role: 'guest' })),
      )
      expect(new Set(made.map(({ userId }) => userId)).size).toBe(1)
      const companies = (await me(caller)).companies.map((one: Tree) => one.companyId)
      expect(companies.toSorted()).toEqual([tree.companyId, other.companyId].toSorted())
    })

    test('goes no further than the role of who invites', async () => {
      const { email } = guest()
      const owner = await memberCaller(server, tree, { role: 'company-owner' })
      expect(
        (await owner('POST', `${tree.path}/users`, { email, role: 'company-owner' })).status,
      ).toBe(201)
      const admin = await memberCaller(server, tree, { role: 'project-admin' })
      const refused = await admin('POST', `${tree.path}/users`, {
        email: 'x@x.example',
        role: 'guest',
      })
      expect([refused.status, refused.body.code]).toEqual([403, 'actor.forbidden'])
      const root = await callerWith(server, ['console.root.user.manage', view])
      const beyond = await root('POST', `${tree.path}/users`, {
        email: 'x@x.example',
        role: 'maintainer',
      })
      expect([beyond.status, beyond.body.code]).toEqual([403, 'grant.exceeds_own'])
    })

    test.each([
      [{ email: 'nobody', role: 'guest' }, 'email'],
      [{ email: 'a b@x.example', role: 'guest' }, 'email'],
      [{ email: 'a\u202eb@x.example', role: 'guest' }, 'email'],
      [{ email: `${'a'.repeat(250)}@x.example`, role: 'guest' }, 'email'],
      [{ email: 'x@x.example', role: 'emperor' }, 'role'],
      [{ email: 'x@x.example', role: '' }, 'role'],
      [{ email: 'x@x.example', role: 'guest', name: 'x' }, 'name'],
    ])('%j is refused by name', async (body, field) => {
      const answer = await server.manage('POST', `${tree.path}/users`, body)
      expect([answer.status, answer.body.field]).toEqual([400, field])
    })
  })

  describe('the roles of a person', () => {
    const invited = async (role = 'guest') => {
      const { email, caller } = guest()
      const { userId } = await post(`${tree.path}/users`, { email, role })
      await me(caller)
      return { caller, userId, path: `${tree.path}/users/${userId}` }
    }

    test('change on the company, on projects and on environments in one request', async () => {
      const { path } = await invited()
      const { projectId, envId } = tree
      const environmentsRole = [{ envId, role: 'maintainer' }]
      const body = { role: '', projectsRole: [{ projectId, role: 'reporter', environmentsRole }] }
      expect(bodyOf(await server.manage('PATCH', path, body), 200)).toEqual(updated)
      expect(bodyOf(await server.manage('GET', path), 200)).toMatchObject({
        companyRoles: [],
        projects: [
          { _id: projectId, roles: ['reporter'], environments: [{ envId, roles: ['maintainer'] }] },
        ],
      })
    })

    test('are changed on a project by its administrator, and not on the company', async () => {
      const { path } = await invited()
      const { projectId } = tree
      const projectsRole = [{ projectId, role: 'project-admin' }]
      const admin = await memberCaller(server, tree, { projectsRole })
      const given = { projectsRole: [{ projectId, role: 'developer' }] }
      expect((await admin('PATCH', path, given)).status).toBe(200)
      expect((await admin('PATCH', path, { ...given, role: 'reporter' })).status).toBe(403)
    })

    test('end at once with a removal from the company, and the person stays', async () => {
      const { caller, userId, path } = await invited('developer')
      expect(await viewsCompany(caller)).toBe(200)
      expect((await server.manage('DELETE', path)).status).toBe(204)
      expect(await viewsCompany(caller)).toBe(404)
      expect((await me(caller)).id).toBe(userId)
      expect((await server.manage('GET', `/api/users/${userId}`)).status).toBe(200)
    })

    test('of another company are told by nobody here, and its people are not there', async () => {
      const other = await newTree(server)
      const { userId } = await invited()
      const owner = await memberCaller(server, other, { role: 'company-owner' })
      const answers = [
        await owner('GET', `${other.path}/users/${userId}`),
        await owner('PATCH', `${other.path}/users/${userId}`, { role: 'guest' }),
        await owner('DELETE', `${other.path}/users/${userId}`),
        await owner('GET', `${other.path}/users/user_none`),
      ]
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect(answers[0]?.body.code).toBe('user.not_found')
    })

    test('of the founder end with a removal too', async () => {
      const { email, caller } = guest()
      const { id } = await me(caller)
      await server.manage('PATCH', `/api/users/${id}`, {
        permissions: ['console.root.company.create'],
      })
      const made = bodyOf(await caller('POST', '/api/companies', { name: uniqueWord(email) }), 201)
      const path = `/api/companies/${made.companyId}`
      expect(await rows(path)).toMatchObject([{ userId: id, companyRoles: ['company-owner'] }])
      expect((await server.manage('DELETE', `${path}/users/${id}`)).status).toBe(204)
      expect((await caller('GET', path)).status).toBe(404)
      expect(await rows(path)).toEqual([])
    })
  })

  describe('a group', () => {
    const newGroup = async (given: object = {}) => {
      const made = await post(`${tree.path}/groups`, { name: uniqueWord('group'), ...given })
      return { ...made, path: `${tree.path}/groups/${made._id}` }
    }
    const invitedGuest = async () => {
      const { email, caller } = guest()
      const { userId } = await post(`${tree.path}/users`, { email, role: 'guest' })
      await me(caller)
      return { email, caller, userId }
    }

    test('is answered with its role as a text and its members by name', async () => {
      const { userId } = await invitedGuest()
      const { clientId } = await member(server, tree)
      const group = await newGroup({ role: 'developer', members: [userId, clientId] })
      expect(group).toMatchObject({ groupId: group._id, role: 'developer' })
      expect(group.members).toEqual([
        { id: userId, name: 'Ada', type: 'user' },
        { id: clientId, name: expect.any(String), type: 'serviceaccount' },
      ])
      const read = await server.manage('GET', group.path)
      expect([read.headers.get('etag'), read.body.members]).toEqual([
        expect.stringMatching(/^"1\./),
        group.members,
      ])
      const list = bodyOf(await server.manage('GET', `${tree.path}/groups`), 200)
      expect(list.map(({ _id }: { _id: string }) => _id)).toContain(group._id)
      const row = bodyOf(await server.manage('GET', `${tree.path}/users/${userId}`), 200)
      expect(row.groups).toEqual([{ _id: group._id, name: group.name }])
    })

    test('gives its roles to people at once, and takes them with the membership', async () => {
      const { caller, userId } = await invitedGuest()
      const edits = async () =>
        (await caller('PATCH', `/api/projects/${tree.projectId}`, { description: 'x' })).status
      const group = await newGroup({ role: 'project-admin' })
      expect(await edits()).toBe(403)
      bodyOf(await server.manage('POST', `${group.path}/members`, { memberIds: [userId] }), 200)
      expect(await edits()).toBe(200)
      const { roles } = await me(caller)
      expect(roles).toContainEqual({
        role: 'project-admin',
        level: 'company',
        resource: tree.companyId,
        source: 'group',
        group: group._id,
      })
      const left = await server.manage('DELETE', `${group.path}/members`, { memberIds: [userId] })
      expect(bodyOf(left, 200).members).toEqual([])
      expect(await edits()).toBe(403)
    })

    test('gives its roles to service accounts, in decisions and in tokens, until it is deleted', async () => {
      const who = await member(server, tree)
      const group = await newGroup({ role: 'maintainer', members: [who.clientId] })
      const claims = async () => decodeJwt((await server.token(who)).body.access_token)
      expect((await claims())['roles']).toMatchObject({
        companies: { [tree.companyId]: ['maintainer'] },
      })
      const caller = await callerFor(server, who)
      expect((await caller('GET', `/api/projects/${tree.projectId}`)).status).toBe(200)
      expect((await server.manage('DELETE', group.path)).status).toBe(204)
      expect((await caller('GET', `/api/projects/${tree.projectId}`)).status).toBe(403)
      expect((await claims())['roles']).toMatchObject({ companies: {} })
    })

    test('takes people by their mail address, and invites whom nobody knows', async () => {
      const { email: first, userId } = await invitedGuest()
      const { email, caller } = guest()
      const group = await newGroup({ role: 'reporter' })
      const emails = [first.toUpperCase(), email]
      const { members } = bodyOf(
        await server.manage('POST', `${group.path}/members`, { emails }),
        200,
      )
      expect(members).toEqual([
        { id: userId, name: 'Ada', type: 'user' },
        { id: expect.any(String), name: email, type: 'user' },
      ])
      expect(await viewsCompany(caller)).toBe(200)
    })

    test('has whom one request names several times once', async () => {
      const { email: first, userId } = await invitedGuest()
      const { email } = guest()
      const group = await newGroup()
      const emails = [email, first, email, email.toUpperCase()]
      const body = { emails, memberIds: [userId, userId] }
      const { members } = bodyOf(await server.manage('POST', `${group.path}/members`, body), 200)
      expect(members).toEqual([
        { id: userId, name: 'Ada', type: 'user' },
        { id: expect.any(String), name: email, type: 'user' },
      ])
      expect(bodyOf(await server.manage('GET', group.path), 200).members).toEqual(members)
    })

    test('has no members that are nobody of the company, and no groups', async () => {
      const group = await newGroup()
      const other = await newTree(server)
      const { clientId } = await member(server, other)
      const owner = await memberCaller(server, tree, { role: 'company-owner' })
      const { email } = guest()
      const { userId } = await post(`${other.path}/users`, { email, role: 'guest' })
      for (const id of ['user_none', 'ost_ci_none', clientId, userId, group._id]) {
        const answer = await owner('POST', `${group.path}/members`, { memberIds: [id] })
        expect([answer.status, answer.body.field]).toEqual([400, 'memberIds'])
        expect(answer.body.message).toContain(id)
        const made = await owner('POST', `${tree.path}/groups`, { name: 'x', members: [id] })
        expect(made.status).toBe(400)
      }
    })

    test('keeps its version, and tells no log, when nobody comes or goes', async () => {
      const { clientId } = await member(server, tree)
      const group = await newGroup({ members: [clientId] })
      await server.manage('POST', `${group.path}/members`, { memberIds: [clientId] })
      await server.manage('DELETE', `${group.path}/members`, { memberIds: ['user_nobody'] })
      expect((await server.manage('GET', group.path)).headers.get('etag')).toMatch(/^"1\./)
      const log = await server.manage('GET', `${tree.path}/audit-logs?resourceType=group`)
      const ofIt = bodyOf(log, 200).filter((row: Row) => row.resourceId === group._id)
      expect(ofIt.map(({ action }: Row) => action)).toEqual(['group.create'])
    })

    test('is handed on, renamed and deleted by nobody who holds less', async () => {
      const role = await post(`${tree.path}/roles`, {
        name: uniqueWord('managers'),
        permissions: ['console.company.users.manage', 'console.company.view'],
      })
      const manager = await memberCaller(server, tree, { role: role.roleId })
      const { clientId } = await member(server, tree)
      const above = await newGroup({ role: 'company-owner', members: [clientId] })
      const answers = [
        await manager('POST', `${above.path}/members`, { memberIds: [clientId] }),
        await manager('DELETE', `${above.path}/members`, { memberIds: [clientId] }),
        await manager('PATCH', above.path, { externalName: 'everybody' }),
        await manager('DELETE', above.path),
        await manager('POST', `${tree.path}/groups`, { name: 'mine', role: 'company-owner' }),
      ]
      for (const answer of answers) {
        expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
      }
      const own = await newGroup()
      expect((await manager('POST', `${own.path}/members`, { memberIds: [clientId] })).status).toBe(
        200,
      )
    })

    test('changes its name and roles under the version that was seen', async () => {
      const group = await newGroup({ externalName: 'outside' })
      const { projectId } = tree
      const body = { name: uniqueWord('other'), externalName: null, role: 'guest' }
      const first = await server.manage('PATCH', group.path, body, { 'if-match': '"1"' })
      expect([bodyOf(first, 200), first.headers.get('etag')]).toEqual([updated, '"2"'])
      const stale = await server.manage('PATCH', group.path, body, { 'if-match': '"1"' })
      expect(stale.body.code).toBe('version.stale')
      const projectsRole = [{ projectId, role: 'developer' }]
      expect((await server.manage('PATCH', group.path, { projectsRole })).status).toBe(200)
      const read = bodyOf(await server.manage('GET', group.path), 200)
      expect(read).toMatchObject({ name: body.name, role: 'guest', projects: [{ _id: projectId }] })
      expect(read).not.toHaveProperty('externalName')
      const taken = await server.manage('POST', `${tree.path}/groups`, {
        name: body.name.toUpperCase(),
      })
      expect([taken.status, taken.body.code]).toEqual([409, 'name.taken'])
    })

    test('loses a person who is removed with removeFromGroups, and keeps them without', async () => {
      const { caller, userId } = await invitedGuest()
      const group = await newGroup({ role: 'reporter', members: [userId] })
      const path = `${tree.path}/users/${userId}`
      expect((await server.manage('DELETE', path)).status).toBe(204)
      expect(await viewsCompany(caller)).toBe(200)
      expect((await server.manage('DELETE', `${path}?removeFromGroups=true`)).status).toBe(204)
      expect(await viewsCompany(caller)).toBe(404)
      expect(bodyOf(await server.manage('GET', group.path), 200).members).toEqual([])
    })

    test('has at most a thousand members', async () => {
      const group = await newGroup()
      const memberIds = Array.from({ length: 1001 }, (_, n) => `user_${n}`)
      const answer = await server.manage('POST', `${group.path}/members`, { memberIds })
      expect([answer.status, answer.body.field]).toEqual([400, 'memberIds'])
    })

    describe('of a claim', () => {
      test('is one of a company that lists the issuer, by its external name, else its own', async () => {
        const ada = await known('ada')
        const grace = await known('grace')
        await newGroup({ name: 'Leads', role: 'reporter' })
        expect(await viewsCompany(ada)).toBe(404)
        const list = (companies: readonly string[]) =>
          server.manage('PATCH', `/api/issuers/${peopleIssuer}`, { companies })
        await list([tree.companyId])
        expect([await viewsCompany(ada), await viewsCompany(grace)]).toEqual([200, 404])
        const mapped = await newGroup({ externalName: 'ENGINEERS', role: 'guest' })
        expect(await viewsCompany(grace)).toBe(200)
        await server.manage('PATCH', mapped.path, { externalName: 'others' })
        expect(await viewsCompany(grace)).toBe(404)
        await list([])
        expect(await viewsCompany(ada)).toBe(404)
      })

      test('is refused with the token when there are more than a thousand, or ten thousand', async () => {
        const groups = Array.from({ length: 10_000 }, (_, n) => `${n}`)
        // The server of Node reads no headers that long (RFC 6585 §5).
        expect((await guest({ groups }).caller('GET', '/api/me')).status).toBe(431)
        const many = Array.from({ length: 1001 }, (_, n) => `${n}`)
        expect((await guest({ groups: many }).caller('GET', '/api/me')).status).toBe(401)
      })
    })
  })
})
