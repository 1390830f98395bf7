import { beforeEach, expect, test } from '@jest/globals'
import type { VerifiedPerson } from '../../../src/domain/issuers/person.ts'
import { newRecordId, type Records } from '../../../src/domain/records.ts'
import { signIn } from '../../../src/domain/users/sign-in.ts'
import { eventFor } from '../../contract/samples.ts'
import { dyingEverywhere } from '../../support/mortal.ts'
import { racing, worldOfFile } from '../world.ts'

const world = worldOfFile()
let count = 0
let person: VerifiedPerson
let id: string

beforeEach(async () => {
  count += 1
  person = {
    issuer: 'https://people.example',
    subject: `subject-${count}`,
    name: `Person ${count}`,
    email: `person-${count}@people.example`,
    emailVerified: true,
    groups: [],
    companies: [],
  }
  id = (await signIn(world().system, person)).id
})

const made = () => {
  const now = world().clock.at
  return { version: 1, live: true, createdAt: now, createdBy: 'test', updatedAt: now }
}

async function put<K extends 'user' | 'group'>(kind: K, record: Records[K]): Promise<Records[K]> {
  await world().store.commit(kind, record, eventFor(record, { record: { kind, id: record.id } }))
  return record
}

const developer = { on: 'company:acme', role: 'developer' } as const

/** An invitation that came to be beside the record of whoever has the address. */
async function invite(given: Partial<Records['user']> = {}): Promise<Records['user']> {
  const email = String(person.email).toUpperCase()
  return await put('user', {
    ...made(),
    id: newRecordId('user', world().clock.at),
    name: email,
    email,
    emailVerified: false,
    state: 'enabled',
    permissions: ['console.root.view'],
    bindings: [developer],
    ...given,
  })
}

async function groupWith(members: Records['group']['members']): Promise<Records['group']> {
  return await put('group', {
    ...made(),
    id: newRecordId('group', world().clock.at),
    company: newRecordId('company', world().clock.at),
    name: 'Engineers',
    members,
    bindings: [],
  })
}

const user = (of = id) => world().store.get('user', of)
const again = (ctx = world().system, as = person) => signIn(ctx, as)

test('an invitation beside somebody who is known is theirs at the next sign-in, and ends', async () => {
  const invited = await invite()
  expect((await again()).id).toBe(id)
  const { identity, bindings, permissions } = (await user()) ?? {}
  expect(identity?.subject).toBe(person.subject)
  expect([bindings, permissions]).toEqual([[developer], ['console.root.view']])
  expect((await user(invited.id))?.live).toBe(false)
  const version = (await user())?.version
  await again()
  expect((await user())?.version).toBe(version)
})

test('an invitation puts the person into its groups in its place, once', async () => {
  const invited = await invite()
  const [one, other] = [
    { kind: 'person', id: 'user_other' } as const,
    { kind: 'person', id } as const,
  ]
  const open = { kind: 'person', id: invited.id } as const
  const groups = [await groupWith([open, one]), await groupWith([other, open])]
  await again()
  const members = await Promise.all(
    groups.map(async (group) => (await world().store.get('group', group.id))?.members),
  )
  expect(members).toEqual([[one, other], [other]])
})

test('a role that somebody holds already is not changed by an invitation to the same place', async () => {
  const before = await user()
  if (before === undefined) throw new Error('the person is not there')
  const guest = { on: developer.on, role: 'guest' } as const
  await put('user', { ...before, version: before.version + 1, bindings: [guest] })
  const project = { on: 'project:payments', role: 'reporter' } as const
  await invite({ bindings: [developer, project] })
  await again()
  expect((await user())?.bindings).toEqual([guest, project])
})

test('an invitation is not given to an address that nobody vouches for, and is once somebody does', async () => {
  const invited = await invite()
  await again(world().system, { ...person, emailVerified: false })
  expect([(await user())?.bindings, (await user(invited.id))?.live]).toEqual([[], true])
  await again()
  expect([(await user())?.bindings, (await user(invited.id))?.live]).toEqual([[developer], false])
})

test('a disabled invitation gives nothing to somebody who is known', async () => {
  const invited = await invite({ state: 'disabled' })
  await again()
  expect([(await user())?.bindings, (await user(invited.id))?.live]).toEqual([[], true])
})

test('an invitation that is withdrawn meanwhile gives nothing', async () => {
  const invited = await invite()
  let writes = 0
  const { store } = world()
  const withdrawing: typeof store.commit = async (kind, record, event) => {
    await store.commit(kind, record, event)
    writes += 1
    if (writes > 1) return
    const now = await user(invited.id)
    if (now) await put('user', { ...now, version: now.version + 1, live: false, purgeAfter: 1 })
  }
  const ctx = { ...world().system, store: { ...store, commit: withdrawing } }
  expect((await again(ctx)).id).toBe(id)
  expect((await user())?.bindings).toEqual([])
})

test('of two known people with one address, one gets the invitation and the other nothing', async () => {
  const other = { ...person, issuer: 'https://other.example' }
  const { id: otherId } = await signIn(world().system, other)
  const invited = await invite()
  await again(racing(world().system, () => again(world().system, other)))
  const held = [(await user())?.bindings, (await user(otherId))?.bindings]
  expect(held).toEqual([[], [developer]])
  expect((await user(invited.id))?.live).toBe(false)
})

test('what somebody began to claim who is gone is open to whoever comes next', async () => {
  const invited = await invite({ claimedBy: 'user_gone' })
  await again()
  expect([(await user())?.bindings, (await user(invited.id))?.live]).toEqual([[developer], false])
})

test('a crash at any point leaves an invitation that nobody else gets, and the next sign-in gives', async () => {
  let invited: Records['user'] | undefined
  const other = { ...person, issuer: 'https://other.example' }
  const { id: otherId } = await signIn(world().system, other)
  const setting = async () => {
    const before = await user()
    if (before)
      await put('user', { ...before, version: before.version + 1, bindings: [], permissions: [] })
    invited = await invite()
    await groupWith([{ kind: 'person', id: invited.id }])
    return world().system
  }
  const then = async () => {
    await again()
    await again(world().system, other)
    expect((await user())?.bindings).toEqual([developer])
    expect((await user(otherId))?.bindings).toEqual([])
    expect((await user(invited?.id))?.live).toBe(false)
    expect(world().system.known.groupsOf({ kind: 'person', id: String(invited?.id) })).toEqual([])
  }
  await dyingEverywhere(setting, async (ctx) => void (await again(ctx)), then)
})
