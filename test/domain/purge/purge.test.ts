import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { Directory } from '../../../src/directory/directory.ts'
import { knownStore } from '../../../src/directory/known-store.ts'
import type { Binding } from '../../../src/domain/access/binding.ts'
import { companyPlace, projectPlace } from '../../../src/domain/access/places.ts'
import { createCompanyAccount } from '../../../src/domain/accounts/of-company.ts'
import { seenOne } from '../../../src/domain/accounts/standing.ts'
import { deleteAccount } from '../../../src/domain/accounts/update.ts'
import { insert } from '../../../src/domain/change.ts'
import { createCompany, deleteCompany } from '../../../src/domain/companies/companies.ts'
import type { Company, SubjectRef } from '../../../src/domain/companies/company.ts'
import type { Context } from '../../../src/domain/context.ts'
import {
  createEnvironment,
  deleteEnvironment,
} from '../../../src/domain/environments/environments.ts'
import { withNames } from '../../../src/domain/groups/with-names.ts'
import { listIdentities } from '../../../src/domain/identities/list.ts'
import { listMembers } from '../../../src/domain/projects/members.ts'
import { createProject, deleteProject } from '../../../src/domain/projects/projects.ts'
import { purgeBindings } from '../../../src/domain/purge/bindings.ts'
import { purgeOrphans } from '../../../src/domain/purge/orphans.ts'
import { purgeTokens } from '../../../src/domain/purge/tokens.ts'
import { type Kind, newRecordId } from '../../../src/domain/records.ts'
import { deleteRole } from '../../../src/domain/roles/roles.ts'
import { newPepperKey, pepperOf } from '../../../src/domain/secret.ts'
import type { Store } from '../../../src/domain/store.ts'
import { createToken } from '../../../src/domain/tokens/create.ts'
import { companyUser } from '../../../src/domain/users/company-user.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { openStore } from '../../../src/storage/open.ts'
import { create, times, wholeLog } from '../../contract/samples.ts'
import { dyingEverywhere } from '../../support/mortal.ts'
import { onEachStore } from '../../support/stores.ts'
import { unique } from '../samples.ts'
import { limits, people, projects } from '../world.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const peppers = [pepperOf(newPepperKey())] as const
const below = ['project', 'environment', 'account', 'group', 'role'] as const
const firstPage = {
  sorting: { by: 'createdAt', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: 1000,
} as const
const rights = { authMethod: 'client_secret_basic', roles: [] } as const

/** How a process knows a store, and asks as the system. */
async function processOn(opened: Store): Promise<Context> {
  const known = await Directory.load(opened, Date.now)
  const store = knownStore(opened, known)
  const actor = { kind: 'system', name: 'purge' } as const
  return {
    store,
    known,
    actor,
    requestId: 'purge',
    peppers,
    limits,
    people,
    projects,
    now: Date.now,
  }
}

const members = (ctx: Context, name: string) => {
  const now = ctx.now()
  return { version: 1, live: true, name, createdAt: now, createdBy: 'test', updatedAt: now }
}

async function newGroup(
  ctx: Context,
  company: Company['id'],
  given: { readonly members?: readonly SubjectRef[]; readonly bindings?: readonly Binding[] } = {},
) {
  const record = {
    ...members(ctx, unique('group')),
    id: newRecordId('group', ctx.now()),
    company,
    members: [],
    bindings: [],
    ...given,
  }
  await insert(ctx, 'group', { action: 'group.update', record })
  return record
}

async function newPerson(ctx: Context, bindings: readonly Binding[]) {
  const id = newRecordId('user', ctx.now())
  const record: User = {
    ...members(ctx, unique('person')),
    id,
    state: 'enabled',
    permissions: [],
    bindings,
  }
  await insert(ctx, 'user', { action: 'user.update', record })
  return record
}

async function newRole(ctx: Context, company: Company['id']) {
  const id = newRecordId('role', ctx.now())
  const record = { ...members(ctx, unique('role')), id, company, description: '', permissions: [] }
  await insert(ctx, 'role', { action: 'company.update', record })
  return record
}

/** A company with one of everything below it. */
async function newTree(ctx: Context) {
  const company = await createCompany(ctx, { name: unique('company') })
  const project = await createProject(ctx, company.id, { name: 'Payments' })
  const environment = await createEnvironment(ctx, project.id, { name: 'Development' })
  const { account } = await createCompanyAccount(ctx, company.id, { ...rights, name: 'deployer' })
  await newGroup(ctx, company.id)
  await newRole(ctx, company.id)
  return { company, project, environment, account }
}

const left = async (store: Store, kinds: readonly Kind[] = below) =>
  await Promise.all(kinds.map((kind) => store.count(kind)))

onEachStore('what is below a deleted place', (kind) => {
  async function newStore(): Promise<Store> {
    const { env, leave } = kind.fresh()
    undo.push(leave)
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-purge-'))
    undo.push(() => rm(dir, { recursive: true, force: true }))
    const uri = env['OSTIARY_STORAGE_URI'] ?? `sqlite:${join(dir, 'ostiary.db')}`
    const store = await openStore({ uri, timeoutSeconds: 5, startTimeoutSeconds: 0 }, () => {})
    undo.push(() => store.close())
    return store
  }

  test('is deleted behind it, each with an entry of the purge in the log, and nothing else', async () => {
    const store = await newStore()
    const ctx = await processOn(store)
    const [dead, living] = [await newTree(ctx), await newTree(ctx)]
    await create(store)
    await ctx.known.catchUp()
    await deleteCompany(ctx, { companyId: dead.company.id })
    const head = await store.head()
    expect(await purgeOrphans(ctx, 1000)).toBe(5)
    expect(await left(store)).toEqual([1, 1, 2, 1, 1])
    const tombstone = await store.get('account', dead.account.id)
    expect(tombstone).toMatchObject({ live: false, credentials: [] })
    expect(await store.get('account', living.account.id)).toMatchObject({ live: true })
    const told = await store.events({ after: head, limit: 10 })
    expect(told.map(({ action }) => action)).toEqual(below.map((name) => `${name}.delete`))
    for (const { actor, scope } of told) {
      expect(actor).toEqual({ kind: 'system', id: 'purge', name: 'purge' })
      expect(scope).toContain(`company:${dead.company.id}`)
    }
    expect(await purgeOrphans(ctx, 1000)).toBe(0)
  })

  test('of a project are its environments alone', async () => {
    const ctx = await processOn(await newStore())
    const { project } = await newTree(ctx)
    await deleteProject(ctx, { projectId: project.id })
    expect(await purgeOrphans(ctx, 1000)).toBe(1)
    expect(await left(ctx.store)).toEqual([0, 0, 1, 1, 1])
  })

  test('of a project stands in the log of its company, though the project is not known any more', async () => {
    const store = await newStore()
    const ctx = await processOn(store)
    const { company, project } = await newTree(ctx)
    const { clientId } = await create(store, { owner: projectPlace(project.id), name: 'robot' })
    await ctx.known.catchUp()
    const mint = {
      issuer: 'https://own.example',
      sign: async () => ({ jwt: unique('value'), kid: 'key' }),
      isAccepted: () => true,
      place: async () => undefined,
    }
    await createToken({ ...ctx, mint }, { clientId }, { name: 'robot' })
    await deleteProject(ctx, { projectId: project.id })
    const head = await store.head()
    await purgeOrphans(ctx, 1000)
    await purgeTokens(ctx, 1000)
    const told = await store.events({ after: head, scope: companyPlace(company.id), limit: 10 })
    expect(told.map(({ action }) => action).toSorted()).toEqual([
      'account.delete',
      'environment.delete',
      'token.delete',
    ])
  })

  test('is deleted whatever step a walk died at, by the next one', async () => {
    const store = await newStore()
    const setting = async () => {
      const ctx = await processOn(store)
      const { company } = await newTree(ctx)
      await deleteCompany(ctx, { companyId: company.id })
      return ctx
    }
    const walk = async (ctx: Context) => void (await purgeOrphans(ctx, 1000))
    await dyingEverywhere(setting, walk, async () => {
      const next = await processOn(store)
      await store.settle()
      await next.known.catchUp()
      await walk(next)
      expect(await left(store)).toEqual([0, 0, 0, 0, 0])
    })
    const deleted = (await wholeLog(store)).filter(({ action }) => action === 'account.delete')
    expect(new Set(deleted.map(({ target }) => target.id)).size).toBe(deleted.length)
  })

  test('is deleted once when two processes walk at the same moment', async () => {
    const store = await newStore()
    const [one, other] = [await processOn(store), await processOn(store)]
    const { company } = await newTree(one)
    await deleteCompany(one, { companyId: company.id })
    await other.known.catchUp()
    const head = await store.head()
    await Promise.all([purgeOrphans(one, 1000), purgeOrphans(other, 1000)])
    expect(await left(store)).toEqual([0, 0, 0, 0, 0])
    const told = await store.events({ after: head, limit: 100 })
    expect(told.map(({ action }) => action).sort()).toEqual(below.map((n) => `${n}.delete`).sort())
  })

  test('is found when it was made in the very moment of the deletion', async () => {
    const store = await newStore()
    const [one, other] = [await processOn(store), await processOn(store)]
    const { company } = await newTree(one)
    await other.known.catchUp()
    const meanwhile: Store['commit'] = async (...given) => {
      await deleteCompany(other, { companyId: company.id })
      await purgeOrphans(other, 1000)
      await store.commit(...given)
    }
    const late = { ...one, store: { ...one.store, commit: meanwhile } }
    await createCompanyAccount(late, company.id, { ...rights, name: 'late' })
    expect(await left(store, ['account'])).toEqual([1])
    await other.known.catchUp()
    expect(await purgeOrphans(other, 1000)).toBe(1)
    expect(await left(store, ['account'])).toEqual([0])
  })

  test('is left alone where only this process does not know yet that its place is there', async () => {
    const store = await newStore()
    const [one, other] = [await processOn(store), await processOn(store)]
    const { account } = await newTree(one)
    const record = await store.get('account', account.id)
    if (!record || !(other.known instanceof Directory)) throw new Error('no account')
    other.known.put('account', record)
    expect(await purgeOrphans(other, 1000)).toBe(0)
    expect(await left(store, ['account'])).toEqual([1])
  })

  test('of a thousand accounts is deleted in batches, no walk longer than it may be', async () => {
    const store = await newStore()
    const ctx = await processOn(store)
    const { company } = await newTree(ctx)
    const owner = `company:${company.id}` as const
    await Promise.all(times(1000, () => create(store, { owner })))
    await deleteCompany(ctx, { companyId: company.id })
    await ctx.known.catchUp()
    const limitsAsked: number[] = []
    const list: Store['list'] = async (which, query) => {
      limitsAsked.push(query.limit)
      return await store.list(which, query)
    }
    const watched = { ...ctx, store: { ...ctx.store, list } }
    expect(await purgeOrphans(watched, 300)).toBeLessThanOrEqual(400)
    expect(await store.count('account')).toBeGreaterThan(600)
    while ((await purgeOrphans(watched, 300)) > 0);
    expect(await store.count('account')).toBe(0)
    expect(Math.max(...limitsAsked)).toBeLessThanOrEqual(100)
  })

  test('loses the roles that were bound on it, and keeps those on what is there', async () => {
    const ctx = await processOn(await newStore())
    const { company, project, environment } = await newTree(ctx)
    const on = `environment:${project.id}:${environment.envId}` as const
    const kept = { on: `project:${project.id}`, role: 'reporter' } as const
    const roles = [kept, { on, role: 'maintainer' }]
    const { account } = await createCompanyAccount(ctx, company.id, { ...rights, name: 'x', roles })
    const group = await newGroup(ctx, company.id, { bindings: roles })
    await purgeBindings(ctx)
    const bindings = async () => [
      (await ctx.store.get('account', account.id))?.bindings,
      (await ctx.store.get('group', group.id))?.bindings,
    ]
    expect(await bindings()).toEqual([roles, roles])
    await deleteEnvironment(ctx, { projectId: project.id, envId: environment.envId })
    await purgeBindings(ctx)
    expect(await bindings()).toEqual([[kept], [kept]])
    const head = await ctx.store.head()
    await purgeBindings(ctx)
    expect(await ctx.store.head()).toBe(head)
  })

  test('of a company loses no role that is there, but one that was given while it was deleted', async () => {
    const ctx = await processOn(await newStore())
    const { company, project } = await newTree(ctx)
    const on = `project:${project.id}` as const
    const [kept, gone] = [await newRole(ctx, company.id), await newRole(ctx, company.id)]
    await deleteRole(ctx, { companyId: company.id, roleId: gone.id })
    const bindings = [
      { on: `company:${company.id}`, role: kept.id },
      { on, role: gone.id },
    ] as const
    const group = await newGroup(ctx, company.id, { bindings })
    await purgeBindings(ctx)
    expect((await ctx.store.get('group', group.id))?.bindings).toEqual([bindings[0]])
    const head = await ctx.store.head()
    await purgeBindings(ctx)
    expect(await ctx.store.head()).toBe(head)
  })

  test('of a company is shown with no role that was given while it was deleted', async () => {
    const ctx = await processOn(await newStore())
    const { company, project } = await newTree(ctx)
    const on = `project:${project.id}` as const
    const [kept, gone] = [await newRole(ctx, company.id), await newRole(ctx, company.id)]
    const owner = `company:${company.id}` as const
    const bindings = [
      { on: owner, role: kept.id },
      { on, role: gone.id },
    ] as const
    await deleteRole(ctx, { companyId: company.id, roleId: gone.id })
    const account = await create(ctx.store, { owner, bindings })
    const group = await newGroup(ctx, company.id, { bindings })
    const { items, rolesOf } = await listIdentities(ctx, { companyId: company.id, ...firstPage })
    const roles = items
      .filter(({ id }) => id === account.id || id === group.id)
      .map((one) => rolesOf(one))
      .map(({ onCompany, projects: below }) => [onCompany.roles, below])
    expect(roles).toEqual([
      [[kept.id], []],
      [[kept.id], []],
    ])
    expect((await seenOne(ctx, account)).roles).toEqual([bindings[0]])
    expect(withNames(ctx, group).roles).toEqual([bindings[0]])
    const user = await newPerson(ctx, bindings)
    expect((await companyUser(ctx, company.id, user)).roles).toEqual([bindings[0]])
    expect(await listMembers(ctx, project.id)).toEqual([])
  })

  test('takes an account or person that is gone out of its groups, and nobody else', async () => {
    const ctx = await processOn(await newStore())
    const { company, account } = await newTree(ctx)
    const owner = `company:${company.id}` as const
    const other = await create(ctx.store, { owner })
    const refs = [account.clientId, other.clientId].map((id) => ({ kind: 'account', id }) as const)
    const person = { kind: 'person', id: 'user_gone' } as const
    const group = await newGroup(ctx, company.id, { members: [...refs, person] })
    await deleteAccount(ctx, { owner, clientId: account.clientId })
    await purgeBindings(ctx)
    const after = await ctx.store.get('group', group.id)
    expect(after?.members).toEqual([refs[1]])
  })
})
