import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  companyPlace,
  environmentPlace,
  type Place,
  projectPlace,
} from '../../../src/domain/access/places.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Company, SubjectRef } from '../../../src/domain/companies/company.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { Environment } from '../../../src/domain/environments/environment.ts'
import type { Group } from '../../../src/domain/groups/group.ts'
import { identityOf } from '../../../src/domain/identities/identity.ts'
import { type IdentitiesQuery, listIdentities } from '../../../src/domain/identities/list.ts'
import type { Project } from '../../../src/domain/projects/project.ts'
import { createProject } from '../../../src/domain/projects/projects.ts'
import { newRecordId } from '../../../src/domain/records.ts'
import { eventFor } from '../../contract/samples.ts'
import { noon } from '../samples.ts'
import { refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()

/** An environment that is in the store. */
async function environment({ company, id: project }: Project, envId: string): Promise<void> {
  const id = newRecordId('environment', noon)
  const slug = envId
  const record: Environment = {
    ...{ id, version: 1, live: true, company, project, envId, slug, name: slug, description: '' },
    ...{ namespace: `${project}-${envId}`, createdAt: noon, createdBy: 'test', updatedAt: noon },
  }
  const about = { record: { kind: 'environment', id } }
  await world().store.commit('environment', record, eventFor(record, about))
}

/** A group that is in the store. */
async function group({ id: company }: Company, given: Pick<Group, 'members' | 'bindings'>) {
  const id = newRecordId('group', noon)
  const record: Group = {
    ...{ id, version: 1, live: true, company, name: id, ...given },
    ...{ createdAt: noon, createdBy: 'test', updatedAt: noon },
  }
  await world().store.commit('group', record, eventFor(record, { record: { kind: 'group', id } }))
}

let company: Company
const large: string[] = []
let small = ''

beforeAll(async () => {
  const { system } = world()
  company = await createCompany(system, { name: 'Large' })
  for (let n = 0; n < 5; n += 1) {
    const project = await createProject(system, company.id, { name: `Large ${n}` })
    large.push(project.id)
    const ids = Array.from({ length: 1000 }, (_, at) => `e${at}`)
    await Promise.all(ids.map(async (envId) => await environment(project, envId)))
  }
  const project = await createProject(system, company.id, { name: 'Small' })
  small = project.id
  await environment(project, 'dev')
  for (let n = 0; n < 50; n += 1) await world().account({ owner: companyPlace(company.id) })
  await system.known.catchUp()
})

const list = async (
  projectIds: readonly string[] | undefined,
  from: IdentitiesQuery['from'] = { page: 1 },
  { ctx = world().system, ...given }: Partial<IdentitiesQuery> & { readonly ctx?: Context } = {},
) =>
  await listIdentities(ctx, {
    companyId: company.id,
    sorting: { by: 'createdAt', isDescending: false },
    search: '',
    perPage: 10_000,
    projectIds,
    from,
    ...given,
  })

describe('a list of identities', () => {
  test('has fewer rows in an answer the more environments the projects have that are named, and goes on behind it', async () => {
    expect(await list([small])).toMatchObject({ isCut: false, next: undefined })
    const first = await list(large)
    expect([first.isCut, first.items.length, first.total]).toEqual([true, 39, 50])
    const rest = await list(large, { cursor: first.next ?? '' })
    expect([rest.isCut, rest.items.length, rest.next]).toEqual([false, 11, undefined])
    const all = await list([small])
    expect([...first.items, ...rest.items]).toEqual(all.items)
    // By a number the rest is passed over: that page begins where it would begin otherwise.
    expect((await list(large, { page: 2 })).items).toEqual([])
  })

  test('is refused when the projects that are named have more than 5,000 environments together', async () => {
    const rule = { rule: 'projects_are_bounded', most: 5000 }
    expect(await refusal(list([...large, small]))).toEqual(['request.invalid', rule])
  })

  test('is not refused for environments that whoever asks does not see', async () => {
    const all = [...large, small]
    const reader = await world().account({
      owner: companyPlace(company.id),
      bindings: [
        { on: companyPlace(company.id), role: 'guest' },
        ...all.map((id) => ({ on: projectPlace(id), role: 'guest' })),
      ],
    })
    const { items, rolesOf } = await list(all, { page: 1 }, { ctx: world().as(reader) })
    const told = items.flatMap((one) => rolesOf(one).projects.map(({ projectId }) => projectId))
    expect(new Set(told)).toEqual(new Set(all))
  })

  test('has fewer rows in an answer the more is held by groups, and goes on behind it', async () => {
    const { system } = world()
    const crowd = await createCompany(system, { name: 'Crowd' })
    const members: { readonly kind: 'account'; readonly id: string }[] = []
    for (let n = 0; n < 45; n += 1) {
      const { clientId } = await world().account({ owner: companyPlace(crowd.id) })
      members.push({ kind: 'account', id: clientId })
    }
    const bindings = Array.from({ length: 9999 }, (_, n) => {
      return { on: environmentPlace(large[n % 5] ?? '', `e${n}`), role: 'reporter' }
    })
    await group(crowd, { members, bindings })
    const asked = { companyId: crowd.id, type: 'serviceaccount', perPage: 30 } as const
    const first = await list(undefined, { page: 1 }, asked)
    expect([first.isCut, first.items.length]).toEqual([true, 20])
    const second = await list(undefined, { cursor: first.next ?? '' }, asked)
    const third = await list(undefined, { cursor: second.next ?? '' }, asked)
    expect([second.items.length, third.items.length, third.next]).toEqual([20, 5, undefined])
    const found = [...first.items, ...second.items, ...third.items].map((one) => identityOf(one).id)
    expect(found.toSorted()).toEqual(members.map((member) => member.id).toSorted())
  })

  test('has fewer rows in an answer the more groups hand roles on to what is told', async () => {
    const busy = await createCompany(world().system, { name: 'Busy' })
    const project = await createProject(world().system, busy.id, { name: 'Busy' })
    const ids = Array.from({ length: 499 }, (_, at) => `e${at}`)
    await Promise.all(ids.map(async (envId) => await environment(project, envId)))
    const [on, members]: [Place, SubjectRef[]] = [companyPlace(busy.id), []]
    for (let n = 0; n < 10; n += 1) {
      const { clientId } = await world().account({ owner: on })
      members.push({ kind: 'account', id: clientId })
    }
    const bindings = [{ on, role: 'reporter' }]
    for (let n = 0; n < 100; n += 1) await group(busy, { members, bindings })
    const asked = { companyId: busy.id, type: 'serviceaccount' } as const
    const named = await list([project.id], { page: 1 }, asked)
    expect([named.isCut, named.items.length]).toEqual([true, 3])
    expect(await list(undefined, { page: 1 }, asked)).toMatchObject({ isCut: false })
    const below = ids.slice(0, 50).map((envId) => ({
      on: environmentPlace(project.id, envId),
      role: 'reporter',
    }))
    await group(busy, { members, bindings: below })
    const held = await list(undefined, { page: 1 }, asked)
    expect([held.isCut, held.items.length]).toEqual([false, 10])
    for (let n = 0; n < 19; n += 1) await group(busy, { members, bindings: below })
    const more = await list(undefined, { page: 1 }, asked)
    expect([more.isCut, more.items.length]).toEqual([true, 1])
  })
})
