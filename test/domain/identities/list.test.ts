import { beforeAll, describe, expect, test } from '@jest/globals'
import { checkEach } from '../../../src/domain/access/check.ts'
import { permissionNames } from '../../../src/domain/access/permissions.ts'
import {
  companyPlace,
  environmentPlace,
  idOf,
  projectPlace,
} from '../../../src/domain/access/places.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Company } from '../../../src/domain/companies/company.ts'
import type { Context } from '../../../src/domain/context.ts'
import { createEnvironment } from '../../../src/domain/environments/environments.ts'
import type { Group } from '../../../src/domain/groups/group.ts'
import { identityOf } from '../../../src/domain/identities/identity.ts'
import { type IdentitiesQuery, listIdentities } from '../../../src/domain/identities/list.ts'
import type { Project } from '../../../src/domain/projects/project.ts'
import { createProject } from '../../../src/domain/projects/projects.ts'
import { newRecordId } from '../../../src/domain/records.ts'
import { createRole } from '../../../src/domain/roles/roles.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { eventFor } from '../../contract/samples.ts'
import { noon, unique } from '../samples.ts'
import { refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()

const made = {
  version: 1,
  live: true,
  createdAt: noon,
  createdBy: 'test',
  updatedAt: noon,
} as const

/** A person who is in the store. */
async function person(given: Partial<User> = {}): Promise<User> {
  const id = newRecordId('user', noon)
  const record: User = {
    ...made,
    id,
    name: unique('person'),
    state: 'enabled',
    permissions: [],
    bindings: [],
    ...given,
  }
  const about = { record: { kind: 'user', id } }
  await world().store.commit('user', record, eventFor(record, about))
  return record
}

/** A group of a company that is in the store. */
async function group(company: Company['id'], given: Partial<Group> = {}): Promise<Group> {
  const id = newRecordId('group', noon)
  const record: Group = {
    ...made,
    id,
    company,
    name: unique('group'),
    members: [],
    bindings: [],
    ...given,
  }
  await world().store.commit('group', record, eventFor(record, { record: { kind: 'group', id } }))
  return record
}

let company: Company
let project: Project
let envId = ''

beforeAll(async () => {
  const { system } = world()
  company = await createCompany(system, { name: 'Company' })
  project = await createProject(system, company.id, { name: 'Project' })
  envId = (await createEnvironment(system, project.id, { name: 'Development' })).envId
})

const query = (given: Partial<IdentitiesQuery> = {}): IdentitiesQuery => ({
  companyId: company.id,
  sorting: { by: 'createdAt', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: 1000,
  ...given,
})

async function identities(given: Partial<IdentitiesQuery> = {}, ctx: Context = world().system) {
  const { items, rolesOf } = await listIdentities(ctx, query(given))
  return new Map(
    items.map((one) => {
      const { onCompany, projects } = rolesOf(one)
      const { roles: companyRoles, ...rest } = onCompany
      return [identityOf(one).id, { companyRoles, ...rest, projects }]
    }),
  )
}

/** Whether somebody may do anything at all there, by the answers to questions about rights. */
async function mayDoAnything(subject: string, resource: string): Promise<boolean> {
  const questions = permissionNames.map((permission) => ({ subject, permission, resource }))
  return (await checkEach(world().system, questions)).includes(true)
}

type Shown = ReturnType<Awaited<ReturnType<typeof identities>>['get']>

/** What is shown of somebody on the company, its first project, and the first environment of that. */
function rolesBy(shown: Shown) {
  const none = { roles: [], effectiveRoles: [] }
  const { companyRoles = [], effectiveRoles = [] } = shown ?? {}
  const project = shown?.projects[0]
  const environment = project?.environments[0] ?? project?.inheritedEnvironments[0]
  return [{ roles: companyRoles, effectiveRoles }, project ?? none, environment ?? none]
}

describe('the identities of a company', () => {
  test('are its accounts and groups, and the people who hold a role in it or are in a group of it', async () => {
    const on = companyPlace(company.id)
    const account = await world().account({ owner: on })
    const bound = await person({ bindings: [{ on, role: 'guest' }] })
    const below = await person({
      bindings: [{ on: environmentPlace(project.id, envId), role: 'reporter' }],
    })
    const grouped = await person()
    const stranger = await person()
    const root = await world().account({ bindings: [{ on, role: 'company-owner' }] })
    const members = [{ kind: 'person', id: grouped.id } as const]
    const team = await group(company.id, { members })
    const other = await createCompany(world().system, { name: 'Other' })
    const foreign = await group(other.id, { members: [{ kind: 'person', id: stranger.id }] })
    const found = await identities()
    for (const id of [account.clientId, bound.id, below.id, grouped.id, team.id]) {
      expect([id, found.has(id)]).toEqual([id, true])
    }
    for (const id of [stranger.id, root.clientId, foreign.id]) {
      expect([id, found.has(id)]).toEqual([id, false])
    }
    expect([...(await identities({ type: 'group' })).keys()]).toEqual([team.id])
    expect([...(await identities({ type: 'user' })).keys()].toSorted()).toEqual(
      [bound.id, below.id, grouped.id].toSorted(),
    )
  })

  test('name its founder as its owner', async () => {
    const founder = await person()
    const login = { kind: 'person', id: founder.id, name: founder.name, groups: [] } as const
    const everything = {
      ...founder,
      version: 2,
      permissions: ['console.root.company.create'],
    } as const
    const about = { record: { kind: 'user', id: founder.id } }
    await world().store.commit('user', everything, eventFor(everything, about))
    const ctx = { ...world().system, actor: login }
    const own = await createCompany(ctx, { name: 'Founded' })
    const found = await identities({ companyId: own.id }, ctx)
    expect(found.get(founder.id)).toMatchObject({ companyRoles: ['company-owner'] })
  })

  test('hold what is set on a place, and inherit from above and from groups, each with its source', async () => {
    const on = companyPlace(company.id)
    const account = await world().account({
      owner: on,
      bindings: [
        { on, role: 'developer' },
        { on: projectPlace(project.id), role: 'reporter' },
        { on: environmentPlace(project.id, envId), role: 'maintainer' },
      ],
    })
    const team = await group(company.id, {
      members: [{ kind: 'account', id: account.clientId }],
      bindings: [{ on: projectPlace(project.id), role: 'project-admin' }],
    })
    const company1 = { role: 'developer', source: 'company' }
    const group1 = { role: 'project-admin', source: 'group', group: team.id }
    expect((await identities()).get(account.clientId)).toEqual({
      companyRoles: ['developer'],
      effectiveRoles: ['developer'],
      inherited: [],
      projects: [
        {
          projectId: project.id,
          roles: ['reporter'],
          effectiveRoles: ['reporter', 'developer', 'project-admin'],
          inherited: [company1, group1],
          environments: [
            {
              envId,
              roles: ['maintainer'],
              effectiveRoles: ['maintainer', 'developer', 'reporter', 'project-admin'],
              inherited: [company1, { role: 'reporter', source: 'project' }, group1],
            },
          ],
          inheritedEnvironments: [],
        },
      ],
    })
  })

  test('are shown on exactly the projects that are named, as far as these are of the company', async () => {
    const on = companyPlace(company.id)
    const account = await world().account({ owner: on, bindings: [{ on, role: 'reporter' }] })
    const guest = await world().account({ owner: on, bindings: [{ on, role: 'guest' }] })
    expect((await identities()).get(account.clientId)?.projects).toEqual([])
    const found = await identities({ projectIds: [project.id, 'proj_nowhere'] })
    const nothing = { roles: [], effectiveRoles: [], inherited: [] }
    const reporter = {
      roles: [],
      effectiveRoles: ['reporter'],
      inherited: [{ role: 'reporter', source: 'company' }],
    }
    const [projectId, environments] = [project.id, []]
    expect(found.get(account.clientId)?.projects).toEqual([
      { projectId, environments, ...reporter, inheritedEnvironments: [{ envId, ...reporter }] },
    ])
    expect(found.get(guest.clientId)?.projects).toEqual([
      { projectId, environments, ...nothing, inheritedEnvironments: [] },
    ])
  })

  test('show what they hold by a group alone: on the company, a project or an environment', async () => {
    const on = companyPlace(company.id)
    const account = await world().account({ owner: on })
    const members = [{ kind: 'account', id: account.clientId } as const]
    const deployers = await group(company.id, {
      members,
      bindings: [{ on: environmentPlace(project.id, envId), role: 'maintainer' }],
    })
    const byDeployers = {
      roles: [],
      effectiveRoles: ['maintainer'],
      inherited: [{ role: 'maintainer', source: 'group', group: deployers.id }],
    }
    const unset = { roles: [], effectiveRoles: [], inherited: [] }
    const none = { companyRoles: [], effectiveRoles: [], inherited: [] }
    const onEnvironment = {
      projectId: project.id,
      ...unset,
      environments: [],
      inheritedEnvironments: [{ envId, ...byDeployers }],
    }
    for (const projectIds of [undefined, [project.id]]) {
      const found = await identities({ projectIds })
      expect(found.get(account.clientId)).toEqual({ ...none, projects: [onEnvironment] })
    }
    const readers = await group(company.id, {
      members,
      bindings: [{ on: projectPlace(project.id), role: 'reporter' }],
    })
    const owners = await group(company.id, {
      members,
      bindings: [{ on, role: 'company-owner' }],
    })
    const seen = (await identities()).get(account.clientId)
    const owner = { role: 'company-owner', source: 'group', group: owners.id }
    const reporter = { role: 'reporter', source: 'group', group: readers.id }
    expect(seen).toMatchObject({
      companyRoles: [],
      effectiveRoles: ['company-owner'],
      inherited: [owner],
    })
    expect(seen?.projects).toMatchObject([
      { roles: [], effectiveRoles: ['reporter', 'company-owner'], inherited: [reporter, owner] },
    ])
  })

  test('name at most a hundred groups on one place, and the roles of all of them', async () => {
    const { system } = world()
    const crowd = await createCompany(system, { name: 'Crowd' })
    const inside = await createProject(system, crowd.id, { name: 'Inside' })
    await createEnvironment(system, inside.id, { name: 'Development' })
    const on = companyPlace(crowd.id)
    const account = await world().account({ owner: on })
    const members = [{ kind: 'account', id: account.clientId } as const]
    for (let n = 0; n < 100; n += 1) {
      await group(crowd.id, { members, bindings: [{ on, role: 'reporter' }] })
    }
    await group(crowd.id, { members, bindings: [{ on, role: 'developer' }] })
    const asked = { companyId: crowd.id, projectIds: [inside.id] }
    const found = (await identities(asked)).get(account.clientId)
    const [first] = found?.projects ?? []
    for (const place of [found, first, first?.inheritedEnvironments[0]]) {
      expect(place?.inherited).toHaveLength(100)
      expect(place?.effectiveRoles.toSorted()).toEqual(['developer', 'reporter'])
    }
  })

  test('have every environment of a project that is named on which they effectively have a role', async () => {
    const { system } = world()
    const big = await createProject(system, company.id, { name: 'Environments' })
    const made: string[] = []
    for (const name of ['Beta', 'Alpha']) {
      made.push((await createEnvironment(system, big.id, { name })).envId)
    }
    const [beta = '', alpha = ''] = made
    const account = await world().account({
      owner: companyPlace(company.id),
      bindings: [
        { on: projectPlace(big.id), role: 'developer' },
        { on: environmentPlace(big.id, beta), role: 'maintainer' },
      ],
    })
    const inherited = [{ role: 'developer', source: 'project' }]
    const direct = {
      envId: beta,
      roles: ['maintainer'],
      effectiveRoles: ['maintainer', 'developer'],
      inherited,
    }
    const above = { envId: alpha, roles: [], effectiveRoles: ['developer'], inherited }
    const named = (await identities({ projectIds: [big.id] })).get(account.clientId)
    expect(named?.projects).toMatchObject([
      { environments: [direct], inheritedEnvironments: [above] },
    ])
    // What comes from above is not listed for each: a company has thousands.
    const all = (await identities()).get(account.clientId)
    expect(all?.projects).toMatchObject([{ environments: [direct], inheritedEnvironments: [] }])
  })

  test('are shown on no project that whoever asks may not see', async () => {
    const on = companyPlace(company.id)
    const guest = await world().account({ owner: on, bindings: [{ on, role: 'guest' }] })
    const found = await identities({ projectIds: [project.id] }, world().as(guest))
    expect(found.get(guest.clientId)).toMatchObject({ companyRoles: ['guest'], projects: [] })
  })

  test.each([
    ['nothing', []],
    ['permissions for companies', ['console.company.view', 'console.company.project.view']],
    ['permissions for projects', ['console.project.view', 'console.project.environment.view']],
    ['permissions for environments', ['console.environment.view']],
  ])(
    'have a role of %s as effective exactly where it is allowed to do anything by that',
    async (name, permissions) => {
      const { system } = world()
      const { id: role } = await createRole(system, company.id, { name, permissions })
      const owner = companyPlace(company.id)
      const environment = environmentPlace(project.id, envId)
      const places = [owner, projectPlace(project.id), environment]
      for (const [at, on] of places.entries()) {
        const bindings = [{ on, role }]
        const { clientId: own } = await world().account({ owner, bindings })
        const { clientId: member } = await world().account({ owner })
        await group(company.id, { members: [{ kind: 'account', id: member }], bindings })
        const found = await identities({ projectIds: [project.id] })
        for (const id of [own, member]) {
          const allowed = await Promise.all(places.map((place) => mayDoAnything(id, idOf(place))))
          const shown = rolesBy(found.get(id)).map(({ effectiveRoles }) => effectiveRoles)
          expect(shown).toEqual(allowed.map((isAllowed) => (isAllowed ? [role] : [])))
        }
        const set = rolesBy(found.get(own)).map(({ roles }) => roles)
        expect(set).toEqual(places.map((_, place) => (place === at ? [role] : [])))
      }
    },
  )

  test('name a project of which whoever asks sees one environment alone, with nothing but what is there', async () => {
    const { system } = world()
    const on = companyPlace(company.id)
    const half = await createProject(system, company.id, { name: 'Half in sight' })
    const [seen, unseen] = [
      await createEnvironment(system, half.id, { name: 'Seen' }),
      await createEnvironment(system, half.id, { name: 'Unseen' }),
    ]
    const [there, elsewhere] = [seen, unseen].map((one) => environmentPlace(half.id, one.envId))
    const maintainers = [there, elsewhere].flatMap((each = on) => ({
      on: each,
      role: 'maintainer',
    }))
    const account = await world().account({
      owner: on,
      bindings: [{ on: projectPlace(half.id), role: 'developer' }, ...maintainers],
    })
    await group(company.id, {
      members: [{ kind: 'account', id: account.clientId }],
      bindings: [{ on: projectPlace(half.id), role: 'reporter' }],
    })
    const reader = await world().account({
      owner: on,
      bindings: [
        { on, role: 'guest' },
        { on: there ?? on, role: 'reporter' },
      ],
    })
    const nothing = { roles: [], effectiveRoles: [], inherited: [] }
    const maintainer = { roles: ['maintainer'], effectiveRoles: ['maintainer'], inherited: [] }
    for (const projectIds of [undefined, [half.id]]) {
      const found = await identities({ projectIds }, world().as(reader))
      expect(found.get(account.clientId)?.projects).toEqual([
        {
          projectId: half.id,
          ...nothing,
          environments: [{ envId: seen.envId, ...maintainer }],
          inheritedEnvironments: [],
        },
      ])
    }
  })

  test('are for those who may see the company; to strangers it is not there', async () => {
    const without = await world().account({ owner: companyPlace(company.id) })
    const [code] = await refusal(listIdentities(world().as(without), query()))
    expect(code).toBe('actor.forbidden')
    const stranger = await world().holding()
    expect(await refusal(listIdentities(stranger, query()))).toEqual(['company.not_found', {}])
    expect(await refusal(listIdentities(await world().holding(view), query()))).toEqual([])
  })

  test('are for nobody else by projects of which none is named', async () => {
    const asked = query({ projectIds: [] })
    const without = await world().account({ owner: companyPlace(company.id) })
    const [code] = await refusal(listIdentities(world().as(without), asked))
    expect(code).toBe('actor.forbidden')
    const stranger = await world().holding()
    expect(await refusal(listIdentities(stranger, asked))).toEqual(['company.not_found', {}])
    const account = await world().account({ owner: companyPlace(company.id) })
    expect((await identities({ projectIds: [] })).get(account.clientId)?.projects).toEqual([])
  })

  test.each([
    ['name', false],
    ['name', true],
    ['createdAt', false],
    ['createdAt', true],
  ] as const)(
    'are there once each by %s (descending: %s), by number and by cursor',
    async (by, isDescending) => {
      const given = { sorting: { by, isDescending }, perPage: 3 }
      const all = [...(await identities({ ...given, perPage: 1000 })).keys()]
      const seen: string[] = []
      const numbered: string[] = []
      let from: IdentitiesQuery['from'] = { page: 1 }
      for (let page = 1; page < 50; page += 1) {
        const found = await listIdentities(world().system, query({ ...given, from }))
        const same = await listIdentities(world().system, query({ ...given, from: { page } }))
        expect(found.total).toBe(all.length)
        seen.push(...found.items.map((one) => identityOf(one).id))
        numbered.push(...same.items.map((one) => identityOf(one).id))
        if (found.next === undefined) break
        from = { cursor: found.next }
      }
      expect(seen).toEqual(all)
      expect(numbered).toEqual(all)
    },
  )

  test('keep their order when one of them changes', async () => {
    const before = [...(await identities()).keys()]
    const [first = ''] = [...(await identities({ type: 'group' })).keys()]
    const former = world().system.known.groups.get(first)
    if (!former) throw new Error('there is no group')
    const after = { ...former, version: former.version + 1, updatedAt: noon + 1 }
    const about = { record: { kind: 'group', id: former.id } }
    await world().store.commit('group', after, eventFor(after, about))
    expect([...(await identities()).keys()]).toEqual(before)
  })
})
