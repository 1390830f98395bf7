import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Binding } from '../../../src/domain/access/binding.ts'
import { companyPlace } from '../../../src/domain/access/places.ts'
import type { Account } from '../../../src/domain/accounts/account.ts'
import { updateCompanyAccount } from '../../../src/domain/accounts/of-company.ts'
import { deleteAccount, updateAccount } from '../../../src/domain/accounts/update.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Company } from '../../../src/domain/companies/company.ts'
import type { Context } from '../../../src/domain/context.ts'
import { deleteCredential } from '../../../src/domain/credentials/delete.ts'
import { newSecretCredential } from '../../../src/domain/credentials/make.ts'
import { createGroup, deleteGroup, updateGroup } from '../../../src/domain/groups/groups.ts'
import { removeMembers } from '../../../src/domain/groups/members.ts'
import { newRecordId, type Records } from '../../../src/domain/records.ts'
import { deleteAnybody, updateAnybody } from '../../../src/domain/users/everybody.ts'
import { bindCompanyUser, removeCompanyUser } from '../../../src/domain/users/of-company.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { shownVersion } from '../../../src/domain/versioned.ts'
import { eventFor } from '../../contract/samples.ts'
import { unique } from '../samples.ts'
import { companies, manage, racing, refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()
const refused = ['company.last_owner', {}]

let company: Company
let companyId: string
let owner: Binding
beforeEach(async () => {
  const root = await world().holding(companies)
  company = await createCompany(root, { name: unique('company') })
  companyId = company.id
  owner = { on: companyPlace(companyId), role: 'company-owner' }
})

const secret = () => newSecretCredential(world().system, { name: 'one' }).credential

async function account(given: Partial<Account> = {}): Promise<Account> {
  const held = { owner: owner.on, bindings: [owner], credentials: [secret()] }
  return await world().account({ ...held, ...given })
}

async function person(given: Partial<User> = {}): Promise<User> {
  const now = world().clock.at
  const record: User = {
    id: newRecordId('user', now),
    version: 1,
    live: true,
    identity: { issuer: 'https://people.example', subject: unique('subject') },
    name: unique('person'),
    state: 'enabled',
    permissions: [],
    bindings: [owner],
    createdAt: now,
    createdBy: 'test',
    updatedAt: now,
    ...given,
  }
  const event = eventFor(record, { record: { kind: 'user', id: record.id } })
  await world().store.commit('user', record, event)
  return record
}

const groupOf = (members: readonly string[]) =>
  createGroup(world().system, companyId, { name: unique('group'), roles: [owner], members })

function asPerson({ id, name }: User, groups: readonly string[] = []): Context {
  return { ...world().system, actor: { kind: 'person', id, name, groups } }
}

/** Acts by a token that bounds nothing, as one of the company. */
function asAccount({ id, clientId, name }: Account): Context {
  return { ...world().system, actor: { kind: 'account', id, clientId, name, groups: [] } }
}

const stored = async <K extends 'account' | 'user' | 'group' | 'company'>(kind: K, id: string) =>
  await world().store.get<K>(kind, id)

const noRole = (): Binding => ({ on: owner.on, role: '' })

describe('the last account that owns a company is not', () => {
  const at = ({ clientId }: Account) => ({ companyId, clientId })
  const mine = ({ clientId }: Account) => ({ owner: owner.on, clientId })
  const endings: readonly (readonly [string, (last: Account) => Promise<unknown>])[] = [
    [
      'given a lesser role',
      (last) =>
        updateCompanyAccount(asAccount(last), at(last), {
          patch: {},
          roles: [{ on: owner.on, role: 'reporter' }],
        }),
    ],
    [
      'stripped in passing',
      (last) =>
        updateCompanyAccount(asAccount(last), at(last), {
          patch: { description: 'left' },
          roles: [noRole()],
        }),
    ],
    [
      'disabled',
      (last) =>
        updateCompanyAccount(asAccount(last), at(last), {
          patch: { state: 'disabled' },
          roles: [],
        }),
    ],
    ['deleted', (last) => deleteAccount(asAccount(last), mine(last))],
    [
      'left without a way to log in',
      (last) => deleteCredential(asAccount(last), mine(last), last.credentials[0]?.id),
    ],
  ]

  test.each(endings)('%s', async (_how, end) => {
    const last = await account()
    expect(await refusal(end(last))).toEqual(refused)
    expect(await stored('account', last.id)).toEqual(last)
  })

  test.each(endings)('%s, unless another owns it', async (_how, end) => {
    await person()
    expect(await refusal(end(await account()))).toEqual([])
  })

  test('saved by one of another company, nor by one that owns it by no more than its group', async () => {
    const last = await account()
    await world().account({ owner: 'company:other', bindings: [owner], credentials: [secret()] })
    await groupOf([last.clientId])
    expect(await refusal(deleteAccount(asAccount(last), mine(last)))).toEqual(refused)
  })
})

describe('the last person who owns a company is not', () => {
  const target = ({ id: userId }: User) => ({ companyId, userId })

  test('given a lesser role', async () => {
    const last = await person()
    const lesser = [{ on: owner.on, role: 'reporter' }]
    expect(await refusal(bindCompanyUser(asPerson(last), target(last), lesser))).toEqual(refused)
    expect(await stored('user', last.id)).toEqual(last)
  })

  test.each([true, false])('removed, groups and all: %s', async (fromGroups) => {
    const last = await person()
    const removed = removeCompanyUser(asPerson(last), target(last), { fromGroups })
    expect(await refusal(removed)).toEqual(refused)
    expect(await stored('user', last.id)).toEqual(last)
  })

  test('removed as the founder, in any part', async () => {
    const founder = await person({ bindings: [], permissions: [companies] })
    company = await createCompany(asPerson(founder), { name: unique('company') })
    companyId = company.id
    owner = { on: companyPlace(companyId), role: 'company-owner' }
    const group = await groupOf([founder.id])
    const asFounder = asPerson(founder)
    const removed = removeCompanyUser(asFounder, target(founder), { fromGroups: true })
    expect(await refusal(removed)).toEqual(refused)
    await deleteGroup(asFounder, { companyId, groupId: group.id })
    const bound = bindCompanyUser(asFounder, target(founder), [noRole()])
    expect(await refusal(bound)).toEqual(refused)
    expect((await stored('company', companyId))?.founder).toEqual(company.founder)
    const successor = await person()
    await removeCompanyUser(asFounder, target(founder), { fromGroups: false })
    expect((await stored('company', companyId))?.founder).toBeUndefined()
    expect(
      await refusal(bindCompanyUser(asPerson(successor), target(successor), [noRole()])),
    ).toEqual(refused)
  })

  test.each<readonly [string, Partial<User>]>([
    ['who is disabled', { state: 'disabled' }],
    ['who is gone', { live: false }],
    ['who has only a lesser role', { bindings: [] }],
  ])('saved by somebody %s', async (_why, given) => {
    const last = await person()
    await person(given)
    expect(await refusal(bindCompanyUser(asPerson(last), target(last), [noRole()]))).toEqual(
      refused,
    )
  })

  test('saved by an invitation, which itself is withdrawn at will', async () => {
    const last = await person()
    const { identity: _nobody, ...open } = await person()
    const invited = {
      ...open,
      id: newRecordId('user', world().clock.at),
      email: 'new@people.example',
    }
    const event = eventFor(invited, { record: { kind: 'user', id: invited.id } })
    await deleteAnybody(world().system, { userId: open.id })
    await world().store.commit('user', invited, event)
    expect(await refusal(bindCompanyUser(asPerson(last), target(last), [noRole()]))).toEqual(
      refused,
    )
    const withdrawn = removeCompanyUser(asPerson(last), target(invited), { fromGroups: true })
    expect(await refusal(withdrawn)).toEqual([])
  })
})

describe('the last group that makes anybody an owner is not', () => {
  const target = ({ id: groupId }: Records['group']) => ({ companyId, groupId })
  const bare = () => ({ patch: {}, roles: [noRole()] })
  const endings: readonly (readonly [
    string,
    (ctx: Context, group: Records['group']) => Promise<unknown>,
  ])[] = [
    ['deleted', (ctx, group) => deleteGroup(ctx, target(group))],
    ['stripped of the role', (ctx, group) => updateGroup(ctx, target(group), bare())],
    [
      'stripped and renamed',
      (ctx, group) => updateGroup(ctx, target(group), { ...bare(), patch: { name: unique('g') } }),
    ],
    [
      'left by its last member',
      (ctx, group) =>
        removeMembers(
          ctx,
          target(group),
          group.members.map(({ id }) => id),
        ),
    ],
  ]

  /** A member of one group, who owns the company by nothing else. */
  async function lastOne() {
    const maker = await person()
    const member = await person({ bindings: [{ on: owner.on, role: 'guest' }] })
    const group = await groupOf([member.id])
    await bindCompanyUser(asPerson(member), { companyId, userId: maker.id }, [noRole()])
    return { member, group }
  }

  test.each(endings)('%s', async (_how, end) => {
    const { member, group } = await lastOne()
    expect(await refusal(end(asPerson(member), group))).toEqual(refused)
    expect(await stored('group', group.id)).toEqual(group)
  })

  test('in the way of one whose login puts somebody in another', async () => {
    const { member, group } = await lastOne()
    const claimed = await groupOf([])
    const ctx = asPerson(member, [claimed.id])
    expect(await refusal(deleteGroup(ctx, target(group)))).toEqual([])
    expect(await refusal(deleteGroup(ctx, target(claimed)))).toEqual(refused)
  })
})

test('whoever may do it in every company can take the last owner from one', async () => {
  const [last, leaver] = [await account(), await person()]
  await deleteAnybody(world().system, { userId: leaver.id })
  const root = await world().holding(manage, 'console.root.user.bind')
  const state = 'disabled'
  expect(
    await refusal(updateAccount(root, { owner: owner.on, clientId: last.clientId }, { state })),
  ).toEqual([])
  const other = await person()
  const managers = await world().holding('console.root.user.manage')
  expect(await refusal(updateAnybody(managers, { userId: other.id }, { state }))).toEqual([])
})

test('a company shows no other version because an owner of it went', async () => {
  const [leaver] = [await person(), await person()]
  await bindCompanyUser(asPerson(leaver), { companyId, userId: leaver.id }, [noRole()])
  const after = await stored('company', companyId)
  expect([after?.version, after && shownVersion(after)]).toEqual([2, 1])
  expect(after?.ending).toEqual([{ id: leaver.id, version: 1 }])
})

test('of two owners who take the company from each other in the same moment, one stays', async () => {
  const [one, other] = [await person(), await person()]
  let second: readonly unknown[] = []
  const take = async (ctx: Context, { id: userId }: User) =>
    await refusal(bindCompanyUser(ctx, { companyId, userId }, [noRole()]))
  const ctx = racing(asPerson(one), async () => {
    second = await take(asPerson(other), one)
  })
  const first = await take(ctx, other)
  expect([first[0], second]).toEqual(['company.not_found', []])
})

test('an owner whose end was announced before a crash does not count until the record changes', async () => {
  const [one, other] = [await person(), await person()]
  const crash = new Error('killed')
  const { store } = world()
  const killed = {
    ...asPerson(one),
    store: {
      ...store,
      commit: async (kind, record, event) => {
        if (kind === 'user') throw crash
        await store.commit(kind, record, event)
      },
    } satisfies typeof store,
  }
  const leaves = ({ id: userId }: User) =>
    bindCompanyUser(asPerson(one), { companyId, userId }, [noRole()])
  await expect(bindCompanyUser(killed, { companyId, userId: other.id }, [noRole()])).rejects.toBe(
    crash,
  )
  expect(await refusal(leaves(one))).toEqual(refused)
  await bindCompanyUser(asPerson(one), { companyId, userId: other.id }, [owner])
  expect(await refusal(leaves(one))).toEqual([])
})

test('whoever leaves a company leaves all of it, though the first step takes their right to', async () => {
  const founder = await person({ bindings: [], permissions: [companies] })
  company = await createCompany(asPerson(founder), { name: unique('company') })
  companyId = company.id
  owner = { on: companyPlace(companyId), role: 'company-owner' }
  await person()
  const group = await groupOf([founder.id])
  const target = { companyId, userId: founder.id }
  await removeCompanyUser(asPerson(founder), target, { fromGroups: true })
  expect((await stored('company', companyId))?.founder).toBeUndefined()
  expect((await stored('group', group.id))?.members).toEqual([])
})
