import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Answer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor } from '../mia/accounts.ts'
import { bodyOf, companyAccount, uniqueWord } from '../mia/companies.ts'
import {
  addTo,
  mailOf,
  type PeopleServer,
  projectOf,
  projectsPath,
  startPeopleServer,
} from './world.ts'

interface Person {
  readonly id: string
  readonly email: string
}

/** What is done to a project, one after the other, with the status of who may. */
const steps = [
  ['GET', '', 200],
  ['PUT', '', 200],
  ['GET', '/users', 200],
  ['POST', '/users', 201],
  ['PUT', '/users/:member', 200],
  ['DELETE', '/users/:member', 200],
  ['GET', '/serviceaccounts', 200],
  ['POST', '/serviceaccounts', 201],
  ['PUT', '/serviceaccounts/:account', 200],
  ['DELETE', '/serviceaccounts/:account', 200],
  ['DELETE', '', 200],
] as const
type Step = `${(typeof steps)[number][0]} ${(typeof steps)[number][1]}`

const reading: readonly Step[] = ['GET ']
const managing = steps.map(([method, path]): Step => `${method} ${path}`)
const administering = managing.filter((step) => step !== 'DELETE ')

const roles: readonly (readonly [who: string, may: readonly Step[]])[] = [
  ['owners', managing],
  ['projectmanagers', managing],
  ['editors', reading],
  ['viewers', reading],
  ['nobody of it', []],
  ['project-admin of the console', administering],
  ['reporter of the console', reading],
  ['guest of its company', []],
  ['reporter of its company', reading],
  ['project-admin of its company', managing],
  ['company-owner of its company', managing],
  ['the first root account', managing],
]

onEachStore('a project of Kubermatic', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    people = await startPeopleServer({ store })
  })
  afterAll(async () => await people.close())

  const companyPath = async () => {
    const companies = bodyOf(await people.server.manage('GET', '/api/companies'), 200)
    return `/api/companies/${companies[0].companyId}`
  }

  /** An account of the company of all these projects. */
  const companyCaller = async (given: object): Promise<Caller> => {
    const path = `${await companyPath()}/service-accounts`
    const made = bodyOf(await people.server.manage('POST', path, companyAccount(given)), 201)
    return await callerFor(people.server, made)
  }

  const callerOf = async (who: string, path: string, owner: Caller): Promise<Caller> => {
    const [role = '', of] = who.split(' of ')
    if (of === 'its company') return await companyCaller({ role })
    const projectId = path.slice(projectsPath.length + 1)
    const projectsRole = [{ projectId, role }]
    if (of === 'the console') return await companyCaller({ projectsRole })
    if (who === 'the first root account') return people.server.manage
    if (of === undefined) await addTo(path, owner, [role, role])
    return people.as(role)
  }

  test.each(roles)('lets each role do what it may, and nothing else: %s', async (who, may) => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const id = path.slice(projectsPath.length + 1)
    const member = await addTo(path, owner, ['carol', 'viewers'])
    const wanted = { name: 'old', group: 'viewers' }
    const account = bodyOf(await owner('POST', `${path}/serviceaccounts`, wanted), 201)
    const caller = await callerOf(who, path, owner)
    const bodies: { readonly [S in Step]?: object } = {
      'PUT ': { name: 'Plan 10' },
      'POST /users': { email: mailOf('dan'), projects: [{ id, group: 'editors' }] },
      'PUT /users/:member': {
        id: member.id,
        email: mailOf('carol'),
        projects: [{ id, group: 'editors' }],
      },
      'POST /serviceaccounts': { name: 'new', group: 'editors' },
      'PUT /serviceaccounts/:account': { id: account.id, name: 'newer', group: 'editors' },
    }
    for (const [method, to, status] of steps) {
      const step: Step = `${method} ${to}`
      const target = path + to.replace(':member', member.id).replace(':account', account.id)
      const answer = await caller(method, target, bodies[step])
      expect([step, answer.status]).toEqual([step, may.includes(step) ? status : 403])
    }
  })

  const rolesOn = async (path: string, owner: Caller) => {
    const users = bodyOf(await owner('GET', `${path}/users`), 200)
    const id = path.slice(projectsPath.length + 1)
    return users.map((one: { name: string; projects: { group: string }[] }) => [
      one.name,
      one.projects[0]?.group.replace(`-${id}`, ''),
    ])
  }

  test('has managers who can hand on what they hold, and less, but not make owners', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const id = path.slice(projectsPath.length + 1)
    await addTo(path, owner, ['mia', 'projectmanagers'])
    const manager = people.as('mia')
    const add = (name: string, group: string) =>
      manager('POST', `${path}/users`, { email: mailOf(name), projects: [{ id, group }] })
    for (const group of ['projectmanagers', 'editors', 'viewers']) {
      expect([group, (await add(group, group)).status]).toEqual([group, 201])
    }
    expect((await add('eve', 'owners')).status).toBe(403)
    const [ada] = bodyOf(await manager('GET', `${path}/users`), 200)
    const demote = { id: ada.id, email: ada.email, projects: [{ id, group: 'viewers' }] }
    expect((await manager('PUT', `${path}/users/${ada.id}`, demote)).status).toBe(403)
    expect((await manager('DELETE', `${path}/users/${ada.id}`)).status).toBe(403)
    const groups = (await rolesOn(path, owner)).map(([, group]: string[]) => group)
    const expected = ['editors', 'owners', 'projectmanagers', 'projectmanagers', 'viewers']
    expect(groups.toSorted()).toEqual(expected)
  })

  test('has groups that a manager hands on, but not by a token that was narrowed to less than a manager holds', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const projectId = path.slice(projectsPath.length + 1)
    const given = companyAccount({ projectsRole: [{ projectId, role: 'projectmanagers' }] })
    const accounts = `${await companyPath()}/service-accounts`
    const who = bodyOf(await people.server.manage('POST', accounts, given), 201)
    const narrow = {
      scope: 'console.project.users.manage',
      resource: `urn:ostiary:project:${projectId}`,
    }
    const [narrowed, whole] = [
      await callerFor(people.server, who, narrow),
      await callerFor(people.server, who),
    ]
    for (const group of ['editors', 'viewers']) {
      const wanted = { name: group, group }
      const statuses = [
        (await narrowed('POST', `${path}/serviceaccounts`, wanted)).status,
        (await whole('POST', `${path}/serviceaccounts`, wanted)).status,
      ]
      expect([group, ...statuses]).toEqual([group, 403, 201])
    }
  })

  test('has groups that are handed on in its dialect alone: elsewhere nobody gives more than they hold', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const projectId = path.slice(projectsPath.length + 1)
    const manager = await companyCaller({ projectsRole: [{ projectId, role: 'projectmanagers' }] })
    const company = await companyPath()
    const other = bodyOf(
      await people.server.manage('POST', `${company}/service-accounts`, companyAccount()),
      201,
    )
    const give = async (role: string) => {
      const body = { projectsRole: [{ projectId, role }] }
      return (await manager('PATCH', `${company}/service-accounts/${other.clientId}`, body)).status
    }
    expect([await give('viewers'), await give('editors')]).toEqual([200, 403])
    bodyOf(
      await manager('POST', `${path}/serviceaccounts`, { name: 'made', group: 'editors' }),
      201,
    )
  })

  test('is owned by people alone: no account and no group is given that, by nobody', async () => {
    const owner = people.as('ada')
    const projectId = (await projectOf(owner)).slice(projectsPath.length + 1)
    const company = await companyPath()
    const accounts = `${company}/service-accounts`
    const { manage } = people.server
    const given = { projectsRole: [{ projectId, role: 'owners' }] }
    const other = bodyOf(await manage('POST', accounts, companyAccount()), 201)
    const group = bodyOf(
      await manage('POST', `${company}/groups`, { name: uniqueWord('group') }),
      201,
    )
    for (const answer of [
      await manage('POST', accounts, companyAccount(given)),
      await manage('PATCH', `${accounts}/${other.clientId}`, given),
      await manage('PATCH', `${company}/groups/${group.groupId}`, given),
    ]) {
      expect([answer.status, answer.body.message]).toEqual([
        400,
        'projectsRole.0.role: owners is for people, not for service accounts or groups',
      ])
    }
  })

  /** How two owners end each other's part in the same moment. */
  const endings: readonly (readonly [
    string,
    (caller: Caller, path: string, other: Person) => Promise<Answer>,
  ])[] = [
    ['remove', (caller, path, { id }) => caller('DELETE', `${path}/users/${id}`)],
    [
      'demote',
      (caller, path, { id, email }) => {
        const projects = [{ id: path.slice(projectsPath.length + 1), group: 'viewers' }]
        return caller('PUT', `${path}/users/${id}`, { id, email, projects })
      },
    ],
  ]

  test.each(endings)(
    'keeps one of two owners who %s each other in the same moment',
    async (_, end) => {
      const [ada, bob] = [people.as('ada'), people.as('bob')]
      for (let round = 0; round < 5; round += 1) {
        const path = await projectOf(ada)
        const second: Person = await addTo(path, ada, ['bob', 'owners'])
        const users: Person[] = bodyOf(await ada('GET', `${path}/users`), 200)
        const first = users.find(({ id }) => id !== second.id)
        if (!first) throw new Error('the project has no first owner')
        const answers = await Promise.all([end(ada, path, second), end(bob, path, first)])
        const statuses = answers.map(({ status }) => status).toSorted()
        expect(statuses).toEqual([200, 403])
        const left = await rolesOn(path, people.server.manage)
        expect(left.filter(([, group]: string[]) => group === 'owners')).toHaveLength(1)
      }
    },
  )

  test('has owners who remove each other one after the other, and root that removes the last', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const [ada]: Person[] = bodyOf(await owner('GET', `${path}/users`), 200)
    const { id } = await addTo(path, owner, ['bob', 'owners'])
    expect((await owner('DELETE', `${path}/users/${id}`)).status).toBe(200)
    expect((await people.server.manage('DELETE', `${path}/users/${ada?.id}`)).status).toBe(200)
    expect(bodyOf(await people.server.manage('GET', `${path}/users`), 200)).toEqual([])
  })

  test('lets no service account change or delete itself, and every other one of its managers', async () => {
    const owner = people.as('ada')
    const path = `${await projectOf(owner)}/serviceaccounts`
    const made = async (name: string) => {
      return bodyOf(await owner('POST', path, { name, group: 'projectmanagers' }), 201)
    }
    const [own, other] = [await made('own'), await made('other')]
    const { token } = bodyOf(await owner('POST', `${path}/${own.id}/tokens`, { name: 'one' }), 201)
    const call = (method: string, id: string, body?: object) =>
      people.server.manage(method, `${path}/${id}`, body, { authorization: `Bearer ${token}` })
    const change = (id: string) => call('PUT', id, { id, name: `new ${id}`, group: 'editors' })
    expect([(await change(own.id)).status, (await call('DELETE', own.id)).status]).toEqual([
      403, 403,
    ])
    expect([(await change(other.id)).status, (await call('DELETE', other.id)).status]).toEqual([
      200, 200,
    ])
  })

  test('lets nobody change or remove themselves', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const id = path.slice(projectsPath.length + 1)
    const [ada] = bodyOf(await owner('GET', `${path}/users`), 200)
    const own = `${path}/users/${ada.id}`
    const removed = await owner('DELETE', own)
    const said = { code: 403, message: 'you cannot delete yourself from the project' }
    expect([removed.status, removed.body]).toEqual([403, { error: said }])
    const body = { id: ada.id, email: ada.email, projects: [{ id, group: 'viewers' }] }
    const message = 'you cannot assign yourself to a different group'
    for (const answer of [
      await owner('PUT', own, body),
      await owner('POST', `${path}/users`, body),
    ]) {
      expect([answer.status, answer.body.error.message]).toEqual([403, message])
    }
    expect(await rolesOn(path, owner)).toEqual([['ada', 'owners']])
  })

  test('is managed anew at once by who was put into another group', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const id = path.slice(projectsPath.length + 1)
    const { id: userId } = await addTo(path, owner, ['fay', 'viewers'])
    const accounts = `${path}/serviceaccounts`
    const fay = people.as('fay')
    expect((await fay('GET', accounts)).status).toBe(403)
    const given = { id: userId, projects: [{ id, group: 'projectmanagers' }], email: mailOf('fay') }
    bodyOf(await owner('PUT', `${path}/users/${userId}`, given), 200)
    expect((await fay('GET', accounts)).status).toBe(200)
    expect(bodyOf(await owner('DELETE', `${path}/users/${userId}`), 200)).toEqual({})
    expect((await fay('GET', path)).status).toBe(403)
    expect((await owner('DELETE', `${path}/users/${userId}`)).status).toBe(404)
  })
})
