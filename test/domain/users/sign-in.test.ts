import { expect, test } from '@jest/globals'
import { currentRights } from '../../../src/domain/access/rights.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { VerifiedPerson } from '../../../src/domain/issuers/person.ts'
import { newRecordId, type Records } from '../../../src/domain/records.ts'
import { signIn } from '../../../src/domain/users/sign-in.ts'
import { eventFor } from '../../contract/samples.ts'
import { racing, refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()
let count = 0

/** Somebody whom nobody else is. */
function somebody(given: Partial<VerifiedPerson> = {}): VerifiedPerson {
  count += 1
  return {
    issuer: 'https://people.example',
    subject: `subject-${count}`,
    name: `Person ${count}`,
    email: `person-${count}@people.example`,
    emailVerified: true,
    groups: [],
    companies: [],
    ...given,
  }
}

async function put<K extends 'user' | 'group'>(kind: K, record: Records[K]): Promise<Records[K]> {
  await world().store.commit(kind, record, eventFor(record, { record: { kind, id: record.id } }))
  return record
}

/** An invitation of an address. */
async function invite(email: string, given: Partial<Records['user']> = {}) {
  const now = world().clock.at
  return await put('user', {
    id: newRecordId('user', now),
    version: 1,
    live: true,
    name: email,
    email,
    emailVerified: false,
    state: 'enabled',
    permissions: ['console.root.view'],
    bindings: [],
    createdAt: now,
    createdBy: 'test',
    updatedAt: now,
    ...given,
  })
}

const userOf = (id: string) => world().store.get('user', id)
const logOf = async (id: string) => {
  const events = await world().store.events({ targetId: id, limit: 100 })
  return events.map(({ action }) => action)
}

test('a person is the same one at every sign-in, and is written down once', async () => {
  const person = somebody()
  const first = await signIn(world().system, person)
  const again = await signIn(world().system, { ...person, emailVerified: false })
  expect(again).toEqual(first)
  expect(first).toEqual({ kind: 'person', id: first.id, name: person.name, groups: [] })
  expect(await logOf(first.id)).toEqual(['user.create'])
})

test('two issuers with the same subject mean two people', async () => {
  const person = somebody()
  const one = await signIn(world().system, person)
  const other = await signIn(world().system, { ...person, issuer: 'https://other.example' })
  expect(other.id).not.toBe(one.id)
})

test('a person who signs in many times at once is written down once', async () => {
  const person = somebody()
  const logins = await Promise.all(Array.from({ length: 10 }, () => signIn(world().system, person)))
  const ids = new Set(logins.map(({ id }) => id))
  expect(ids.size).toBe(1)
  expect(await logOf([...ids].join())).toEqual(['user.create'])
})

test('an invitation is claimed by a verified address, whatever its case', async () => {
  const person = somebody()
  const { id } = await invite(String(person.email).toUpperCase())
  expect((await signIn(world().system, person)).id).toBe(id)
  const { issuer, subject, name } = person
  expect(await userOf(id)).toMatchObject({ identity: { issuer, subject }, name, version: 2 })
  expect(await logOf(id)).toContain('user.claim')
})

test('an invitation is not claimed by an address that only looks like its own', async () => {
  const alike: Record<string, string> = {
    'kevin@lookalike.example': '\u212aevin@lookalike.example',
    'karl@lookalike.example': '\uff4barl@lookalike.example',
    'fin@lookalike.example': '\ufb01n@lookalike.example',
    'stra\u00dfe@lookalike.example': 'strasse@lookalike.example',
    'oscar@lookalike.example': 'o\u017fcar@lookalike.example',
  }
  for (const [email, other] of Object.entries(alike)) {
    const { id } = await invite(email)
    await signIn(world().system, somebody({ email: other }))
    expect((await userOf(id))?.identity).toBeUndefined()
  }
})

test('an invitation is not claimed by an address that nobody vouches for', async () => {
  const person = somebody({ emailVerified: false })
  const { id } = await invite(String(person.email))
  expect((await signIn(world().system, person)).id).not.toBe(id)
  expect((await userOf(id))?.identity).toBeUndefined()
})

test('of two people who claim an invitation at once, one gets it and the other nothing', async () => {
  const [one, other] = [somebody(), somebody()]
  const { id } = await invite(String(one.email))
  const email = String(one.email)
  const late = racing(world().system, () => signIn(world().system, { ...other, email }))
  const mine = await signIn(late, one)
  expect(mine.id).not.toBe(id)
  expect((await userOf(id))?.identity?.subject).toBe(other.subject)
  expect(await rightsOf(mine.id)).toEqual([])
  expect(await rightsOf(id)).toEqual(['console.root.view'])
})

/** What somebody holds at the root. */
async function rightsOf(id: string, ctx: Context = world().system): Promise<readonly string[]> {
  const actor = { kind: 'person', id, name: '', groups: [] } as const
  const { held } = await currentRights({ ...ctx, actor })
  return (held.get('root') ?? []).flatMap(({ permissions }) => [...permissions])
}

test('whoever is disabled is refused, with an invitation as with a record', async () => {
  const person = somebody()
  await invite(String(person.email), { state: 'disabled' })
  const refused = ['actor.unauthenticated', { why: 'inactive' }]
  expect(await refusal(signIn(world().system, person))).toEqual(refused)
  expect(await refusal(signIn(world().system, person))).toEqual(refused)
})

test('a person whose record is gone has no rights, whatever their token was', async () => {
  expect(await refusal(rightsOf('user_gone'))).toEqual([
    'actor.unauthenticated',
    { why: 'inactive' },
  ])
})

test('a new name or address is taken once an hour, and never costs a write a request', async () => {
  const person = somebody()
  const { id } = await signIn(world().system, person)
  const renamed = { ...person, name: 'Another', email: 'another@people.example' }
  await signIn(world().system, renamed)
  expect((await userOf(id))?.name).toBe(person.name)
  world().clock.at += 3_600_000
  for (const each of [renamed, person, renamed]) await signIn(world().system, each)
  expect(await userOf(id)).toMatchObject({ name: 'Another', email: 'another@people.example' })
  expect(await logOf(id)).toEqual(['user.create', 'user.renew'])
})

test('a token that tells neither name nor address takes nothing away', async () => {
  const person = somebody()
  const { id } = await signIn(world().system, person)
  world().clock.at += 3_600_000
  const { email: _email, ...rest } = person
  await signIn(world().system, { ...rest, name: person.subject, emailVerified: false })
  expect(await userOf(id)).toMatchObject({ name: person.name, email: person.email, version: 1 })
})

test('a group of a claim is one of a company that lists the issuer, by its own or its external name', async () => {
  const now = world().clock.at
  const group = async (company: string, name: string, externalName?: string) => {
    const { id } = await put('group', {
      id: newRecordId('group', now),
      version: 1,
      live: true,
      company: newRecordId('company', now),
      name,
      members: [],
      bindings: [],
      createdAt: now,
      createdBy: 'test',
      updatedAt: now,
      ...(externalName !== undefined && { externalName }),
      ...listed[company],
    })
    return id
  }
  const [one, two] = [newRecordId('company', now), newRecordId('company', now)]
  const listed: Readonly<Record<string, object>> = { one: { company: one }, two: { company: two } }
  const byName = await group('one', 'Engineers')
  const byExternalName = await group('one', 'Developers', 'ENGINEERS ')
  const mapped = await group('one', 'Mapped', 'engineers')
  await group('one', 'Hidden', 'others')
  await group('two', 'Engineers')
  const person = somebody({ groups: ['engineers', 'nobody'], companies: [one] })
  const { groups } = await signIn(world().system, person)
  expect(groups).toEqual([byName, mapped])
  expect(groups).not.toContain(byExternalName)
})
