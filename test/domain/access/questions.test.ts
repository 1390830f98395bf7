import { describe, expect, test } from '@jest/globals'
import { checkAccess, checkEach } from '../../../src/domain/access/check.ts'
import { explainAccess } from '../../../src/domain/access/explain.ts'
import { listHolders } from '../../../src/domain/access/holders.ts'
import { companyPlace, type Place } from '../../../src/domain/access/places.ts'
import { insert } from '../../../src/domain/change.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Company, SubjectRef } from '../../../src/domain/companies/company.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { Group } from '../../../src/domain/groups/group.ts'
import { newRecordId, type Records } from '../../../src/domain/records.ts'
import { newMembers } from '../../../src/domain/tree-records.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { eventFor } from '../../contract/samples.ts'
import { refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()
const see = 'console.company.view'
const edit = 'console.company.details.update'
const action = 'account.bind'

const companyOf = (name: string) => createCompany(world().system, { name })

async function person(given: Partial<User> = {}): Promise<User> {
  const { system } = world()
  const record: User = {
    ...newMembers(system, { name: 'Ada' }),
    id: newRecordId('user', system.now()),
    state: 'enabled',
    permissions: [],
    bindings: [],
    ...given,
  }
  await insert(system, 'user', { action, record })
  return record
}

async function group(company: Company, members: readonly SubjectRef[], role: string) {
  const { system } = world()
  const record: Group = {
    ...newMembers(system, { name: `team of ${members.length} as ${role}` }),
    id: newRecordId('group', system.now()),
    company: company.id,
    members,
    bindings: [{ on: companyPlace(company.id), role }],
  }
  await insert(system, 'group', { action, record })
  return record
}

/** How a member of a company asks who has this role there. */
async function member(company: Company, role: string): Promise<Context> {
  const on: Place = companyPlace(company.id)
  const bindings = role === '' ? [] : [{ on, role }]
  const account = await world().account({ owner: on, bindings })
  const { id, clientId, name } = account
  return { ...world().system, actor: { kind: 'account', id, clientId, name, groups: [] } }
}

const asPerson = ({ id, name }: User, groups: readonly string[] = []): Context => ({
  ...world().system,
  actor: { kind: 'person', id, name, groups },
})

const whole = { sorting: { by: 'createdAt', isDescending: false }, search: '' } as const
const holders = async (ctx: Context, permission: string, resource: string) => {
  const query = { ...whole, from: { page: 1 }, perPage: 100, permission, resource }
  const { items, holding } = await listHolders(ctx, query)
  return holding(items).map(
    ({ identity, grant }) => [identity.type, identity.id, grant.by] as const,
  )
}

describe('a question', () => {
  test('about a group is answered by what it hands on, and about its members by it too', async () => {
    const company = await companyOf('with a team')
    const ada = await person()
    const team = await group(company, [{ kind: 'person', id: ada.id }], 'company-owner')
    const ctx = await member(company, 'guest')
    const question = { permission: edit, resource: company.id }
    const on = companyPlace(company.id)
    const byRole = { kind: 'role', role: 'company-owner' }
    expect(await explainAccess(ctx, { ...question, subject: team.id })).toEqual({
      allowed: true,
      grant: { on, permission: edit, by: byRole },
    })
    expect(await explainAccess(ctx, { ...question, subject: ada.id })).toEqual({
      allowed: true,
      grant: { on, permission: edit, by: { ...byRole, group: team.id } },
    })
  })

  test('about a person is for those who share a company with them', async () => {
    const [here, there] = [await companyOf('here'), await companyOf('there')]
    const bindings = [here, there].map(({ id }) => ({ on: companyPlace(id), role: 'guest' }))
    const ada = await person({ bindings })
    const [insider, other] = [
      await member(here, 'guest'),
      await member(await companyOf('x'), 'guest'),
    ]
    const about = ({ id: resource }: Company) => ({ subject: ada.id, permission: see, resource })
    expect(await checkAccess(insider, about(here))).toBe(true)
    expect(await refusal(checkAccess(insider, about(there)))).toEqual(['resource.not_found', {}])
    expect(await refusal(checkAccess(other, about(here)))).toEqual(['subject.not_found', {}])
    expect(await checkEach(insider, [about(here), about(there)])).toEqual([true, false])
    const blind = await member(here, '')
    const [code] = await refusal(checkAccess(blind, about(here)))
    expect(code).toBe('actor.forbidden')
  })

  test('about a person who is disabled is answered no, and says why', async () => {
    const company = await companyOf('with somebody disabled')
    const bindings = [{ on: companyPlace(company.id), role: 'company-owner' }]
    const ada = await person({ bindings, state: 'disabled' })
    const ctx = await member(company, 'guest')
    const question = { subject: ada.id, permission: edit, resource: company.id }
    expect(await checkAccess(ctx, question)).toBe(false)
    const explained = await explainAccess(ctx, question)
    expect(explained).toMatchObject({ allowed: false, isActive: false })
    expect(explained).not.toHaveProperty('wouldSuffice')
    expect(await holders(ctx, edit, company.id)).toEqual([])
  })

  test('of a person about themselves counts the groups that their login puts them in', async () => {
    const company = await companyOf('with claimed groups')
    const team = await group(company, [], 'company-owner')
    const ada = await person()
    const question = { permission: edit, resource: company.id }
    expect(await checkAccess(asPerson(ada, [team.id]), question)).toBe(true)
    expect(await checkAccess(asPerson(ada), question)).toBe(false)
    const named = { ...question, subject: ada.id }
    expect(await checkAccess(asPerson(ada, [team.id]), named)).toBe(true)
  })
})

describe('the holders of a permission', () => {
  test('are accounts, people and groups, each with what lets them', async () => {
    const company = await companyOf('with holders of each kind')
    const on = companyPlace(company.id)
    const ada = await person({ bindings: [{ on, role: 'company-owner' }] })
    const eve = await person()
    await person()
    const account = await world().account({ owner: on, bindings: [{ on, role: 'company-owner' }] })
    const team = await group(company, [{ kind: 'person', id: eve.id }], 'company-owner')
    await group(company, [], 'guest')
    const byRole = { kind: 'role', role: 'company-owner' }
    const rows = await holders(await member(company, 'guest'), edit, company.id)
    expect(rows).toHaveLength(4)
    expect(rows).toEqual(
      expect.arrayContaining([
        ['serviceaccount', account.clientId, byRole],
        ['user', ada.id, byRole],
        ['user', eve.id, { ...byRole, group: team.id }],
        ['group', team.id, byRole],
      ]),
    )
  })

  test('are people with permissions at the root only for who may know of root', async () => {
    const company = await companyOf('watched from above')
    const on = companyPlace(company.id)
    const above = await person({ permissions: [view] })
    const both = await person({ permissions: [view], bindings: [{ on, role: 'guest' }] })
    const seen = await holders(await member(company, 'reporter'), see, company.id)
    const people = seen.filter(([type]) => type === 'user')
    expect(people).toEqual([['user', both.id, { kind: 'role', role: 'guest' }]])
    const all = await holders(await world().holding(view), see, company.id)
    expect(all).toEqual(
      expect.arrayContaining([
        ['user', above.id, { kind: 'permission' }],
        ['user', both.id, { kind: 'permission' }],
      ]),
    )
  })

  test('are told without those who lost it, or are gone, since the list was made', async () => {
    const { system, store } = world()
    const company = await companyOf('whose holders go')
    const on = companyPlace(company.id)
    const bindings = [{ on, role: 'company-owner' }]
    const [kept, gone, off, bare] = [
      await world().account({ owner: on, bindings }),
      await world().account({ owner: on, bindings }),
      await world().account({ owner: on, bindings }),
      await world().account({ owner: on, bindings }),
    ]
    const ada = await person({ bindings })
    const team = await group(company, [], 'company-owner')
    const query = { ...whole, from: { page: 1 }, perPage: 100, permission: edit } as const
    const ctx = await member(company, 'guest')
    const { items, holding } = await listHolders(ctx, { ...query, resource: company.id })
    expect(holding(items)).toHaveLength(6)
    const put = async <K extends 'account' | 'user' | 'group'>(kind: K, record: Records[K]) => {
      const next = { ...record, version: record.version + 1 }
      await store.commit(kind, next, eventFor(next, { record: { kind, id: record.id } }))
    }
    await put('account', { ...gone, live: false })
    await put('account', { ...off, state: 'disabled' })
    await put('account', { ...bare, bindings: [] })
    await put('user', { ...ada, state: 'disabled' })
    await put('group', { ...team, live: false })
    await system.known.catchUp()
    expect(holding(items).map(({ identity }) => identity.id)).toEqual([kept.clientId])
  })

  test('include the founder of a company, who is bound to nothing', async () => {
    const founder = await person({ permissions: ['console.root.company.create'] })
    const company = await createCompany(asPerson(founder), { name: 'founded by a person' })
    const rows = await holders(await member(company, 'guest'), edit, company.id)
    expect(rows).toEqual([['user', founder.id, { kind: 'role', role: 'company-owner' }]])
  })
})
