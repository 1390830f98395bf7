import { beforeAll, describe, expect, test } from '@jest/globals'
import { companyPlace } from '../../../src/domain/access/places.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Company } from '../../../src/domain/companies/company.ts'
import type { Environment } from '../../../src/domain/environments/environment.ts'
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

const list = async (projectIds: readonly string[], from: IdentitiesQuery['from'] = { page: 1 }) =>
  await listIdentities(world().system, {
    companyId: company.id,
    sorting: { by: 'createdAt', isDescending: false },
    search: '',
    perPage: 10_000,
    projectIds,
    from,
  })

describe('a list of identities on projects that are named', () => {
  test('has fewer rows in an answer the more environments these have, and goes on behind it', async () => {
    expect(await list([small])).toMatchObject({ perPage: 10_000, atOnce: 100, next: undefined })
    const first = await list(large)
    expect([first.perPage, first.atOnce, first.items.length, first.total]).toEqual([39, 1, 39, 50])
    const rest = await list(large, { cursor: first.next ?? '' })
    expect([rest.items.length, rest.next]).toEqual([11, undefined])
    expect(await list(large, { page: 2 })).toMatchObject({ items: rest.items })
  })

  test('is refused when these have more than 5,000 environments together', async () => {
    const rule = { rule: 'projects_are_bounded', most: 5000 }
    expect(await refusal(list([...large, small]))).toEqual(['request.invalid', rule])
  })
})
