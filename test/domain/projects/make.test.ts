import { expect, test } from '@jest/globals'
import { companyPlace, projectPlace } from '../../../src/domain/access/places.ts'
import type { Context } from '../../../src/domain/context.ts'
import { makeOwnProject } from '../../../src/domain/projects/make.ts'
import { ownersOf } from '../../../src/domain/projects/members.ts'
import { finishProjects } from '../../../src/domain/projects/owners.ts'
import { deleteProject } from '../../../src/domain/projects/projects.ts'
import { roomIn } from '../../../src/domain/projects/room.ts'
import { inRoom } from '../../../src/domain/room.ts'
import { signIn } from '../../../src/domain/users/sign-in.ts'
import { eventFor } from '../../contract/samples.ts'
import { dyingEverywhere } from '../../support/mortal.ts'
import { refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()
let count = 0

/** Somebody who signed in for the first time. */
async function newPerson(): Promise<Context> {
  count += 1
  const name = `person-${count}`
  const actor = await signIn(world().system, {
    issuer: 'https://people.example',
    subject: name,
    name,
    email: `${name}@people.example`,
    emailVerified: true,
    groups: [],
    companies: [],
  })
  return { ...world().system, actor }
}

const input = () => ({ name: `project ${count}`, owners: [`friend-${count}@people.example`] })

const projectsNow = () =>
  [...world().system.known.projects.all()].filter(({ name }) => name === input().name)

const ownersNow = (id: string) =>
  ownersOf(world().system, id)
    .map(({ email = '' }) => email)
    .toSorted()

const finish = async () => {
  world().clock.at += 5000
  return await finishProjects(world().system)
}

test('a project is whole or not there, wherever its maker dies', async () => {
  const expected = () => [...input().owners, `person-${count}@people.example`]
  const then = async () => {
    expect(await finish()).toBe(0)
    const made = projectsNow()
    expect(made.length).toBeLessThanOrEqual(1)
    for (const { id, pendingOwners } of made) {
      expect([pendingOwners, ownersNow(id)]).toEqual([undefined, expected()])
    }
  }
  // The company of the settings is one write of its own, which only the first of all makes.
  await makeOwnProject(await newPerson(), input())
  await dyingEverywhere(newPerson, async (ctx) => void (await makeOwnProject(ctx, input())), then)
})

test('somebody who needs no right to make projects makes 100, and hinders nobody else', async () => {
  const [one, other] = [await newPerson(), await newPerson()]
  const make = (ctx: Context) => makeOwnProject(ctx, { name: 'own', owners: [] })
  const { id } = await make(one)
  await Promise.all(Array.from({ length: 99 }, () => make(one)))
  expect(await refusal(make(one))).toEqual(['project.limit', { most: 100, of: 'maker' }])
  expect(await refusal(make(other))).toEqual([])
  await deleteProject(world().system, { projectId: id })
  expect(await refusal(make(one))).toEqual([])
})

test('whoever has the right to make projects of a company makes as many as it may have', async () => {
  const { company = '' } = world().system.known.projects.all()[Symbol.iterator]().next().value ?? {}
  const holder = await newPerson()
  if (holder.actor.kind !== 'person') throw new Error('nobody signed in')
  const user = await world().store.get('user', holder.actor.id)
  if (!user) throw new Error('nobody is there')
  const bindings = [{ on: companyPlace(company), role: 'company-owner' }]
  const owner = { ...user, version: user.version + 1, bindings }
  const event = eventFor(owner, { record: { kind: 'user', id: owner.id } })
  await world().store.commit('user', owner, event)
  await Promise.all(
    Array.from({ length: 101 }, () => makeOwnProject(holder, { name: 'owned', owners: [] })),
  )
  const inFull = Array.from({ length: 10_000 })
  const full = Object({ known: { projects: { in: () => inFull } } })
  const enter = (ctx: Context) => inRoom(roomIn(ctx, company), async () => {})
  expect(await refusal(enter(holder))).toEqual([])
  expect(await refusal(enter(full))).toEqual(['project.limit', { most: 10_000, of: 'company' }])
})

/** As if its maker had died when the project was written. */
async function halfMade(): Promise<string> {
  const ctx = await newPerson()
  let commits = 0
  const commit: Context['store']['commit'] = async (kind, record, event) => {
    commits += kind === 'user' ? 1 : 0
    if (commits > 0) throw new Error('the process died here')
    await ctx.store.commit(kind, record, event)
  }
  const dying = { ...ctx, store: { ...ctx.store, commit } }
  await expect(makeOwnProject(dying, input())).rejects.toThrow('the process died here')
  const [project] = projectsNow()
  if (project === undefined) throw new Error('no project was written')
  return project.id
}

test('a project that is only just being made is left to who makes it', async () => {
  const id = await halfMade()
  expect(await finishProjects(world().system)).toBe(1)
  expect(ownersNow(id)).toEqual([])
  expect(await finish()).toBe(0)
  expect(ownersNow(id)).toHaveLength(2)
})

test('owners are let in once: a project that is active is let alone', async () => {
  const id = await halfMade()
  const [owner] = world().system.known.projects.get(id)?.pendingOwners ?? []
  await finish()
  const on = projectPlace(id)
  const user = await world().store.get('user', owner?.value ?? '')
  expect(user?.bindings).toEqual([{ on, role: 'owners' }])
  const before = await world().store.head()
  await finish()
  expect(await world().store.head()).toBe(before)
})

test('a project that is deleted before its owners are in stays deleted', async () => {
  const id = await halfMade()
  await deleteProject(world().system, { projectId: id })
  expect(await finish()).toBe(0)
  expect((await world().store.get('project', id))?.live).toBe(false)
  expect(ownersNow(id)).toEqual([])
})
