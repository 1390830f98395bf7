import { describe, expect, test } from '@jest/globals'
import { createClientKey } from '../../src/domain/client-keys/create.ts'
import { createCompany } from '../../src/domain/companies/companies.ts'
import { createEnvironment } from '../../src/domain/environments/environments.ts'
import { createIssuer } from '../../src/domain/issuers/create.ts'
import { Problem } from '../../src/domain/problem.ts'
import { makeOwnProject } from '../../src/domain/projects/make.ts'
import { createProject } from '../../src/domain/projects/projects.ts'
import { createRole } from '../../src/domain/roles/roles.ts'
import { inRoom, type Room } from '../../src/domain/room.ts'
import { createToken } from '../../src/domain/tokens/create.ts'
import { signIn } from '../../src/domain/users/sign-in.ts'
import { times } from '../contract/samples.ts'
import { refusal, worldOfFile } from './world.ts'

const world = worldOfFile()
let count = 0
const unique = (word: string) => {
  count += 1
  return `${word} ${count}`
}

const newCompany = async () => (await createCompany(world().system, { name: unique('company') })).id

/** Whatever is made one after the other, without end. */
type Make = () => Promise<unknown>

const kinds: readonly (readonly [string, number, string, () => Promise<Make>])[] = [
  [
    'roles of a company',
    200,
    'role.limit',
    async () => {
      const company = await newCompany()
      return () => createRole(world().system, company, { name: unique('role'), permissions: [] })
    },
  ],
  [
    'environments of a project',
    1000,
    'environment.limit',
    async () => {
      const { system } = world()
      const { id } = await createProject(system, await newCompany(), { name: unique('project') })
      return () => createEnvironment(system, id, { name: unique('environment') })
    },
  ],
  [
    'client keys',
    100,
    'client_key.limit',
    async () => () => createClientKey(world().system, { name: unique('key') }),
  ],
  [
    'issuers',
    100,
    'issuer.limit',
    async () => () => {
      const name = unique('issuer')
      const issuer = `https://${name.replace(' ', '-')}.example`
      return createIssuer(world().system, { name, issuer, audience: 'https://own.example' })
    },
  ],
  [
    'tokens of an account',
    1000,
    'token.limit',
    async () => {
      const { clientId } = await world().account()
      const mint = {
        issuer: 'https://own.example',
        sign: async () => ({ jwt: unique('value'), kid: 'key' }),
        isAccepted: () => true,
        place: async () => undefined,
      }
      return () => createToken({ ...world().system, mint }, { clientId }, { name: unique('token') })
    },
  ],
  [
    'projects that somebody made who needs no right to',
    100,
    'project.limit',
    async () => {
      const name = unique('person')
      const actor = await signIn(world().system, {
        issuer: 'https://people.example',
        subject: name,
        emailVerified: false,
        name,
        groups: [],
        companies: [],
      })
      return () => makeOwnProject({ ...world().system, actor }, { name: 'own', owners: [] })
    },
  ],
]

describe.each(kinds)('%s', (_, most, code, begin) => {
  test(`that are made at the same moment are at most ${most}, and no fewer`, async () => {
    const make = await begin()
    const left = 3
    await make()
    for (let missing = most - left - 1; missing > 0; missing -= 100) {
      await Promise.all(times(Math.min(missing, 100), make))
    }
    const codes = await Promise.all(times(8, async () => (await refusal(make()))[0] ?? 'made'))
    expect(codes.toSorted()).toEqual(
      [...times(left, () => 'made'), ...times(5, () => code)].toSorted(),
    )
  }, 60_000)
})

describe('the last place in a room', () => {
  const full = () => new Problem('role.limit', { most: 1 })
  const room = (there: () => number): Room => ({ of: unique('room'), most: 1, count: there, full })

  test('is for the next when whoever had it came to nothing', async () => {
    const one = room(() => 0)
    const failed = Promise.withResolvers<never>()
    const first = inRoom(one, () => failed.promise)
    const second = inRoom(one, async () => 'made')
    failed.reject(new Error('name taken'))
    await expect(first).rejects.toThrow('name taken')
    expect(await second).toBe('made')
  })

  test('is refused only when nobody may still give it back', async () => {
    let there = 0
    const one = room(() => there)
    const making = Promise.withResolvers<void>()
    const first = inRoom(one, async () => {
      await making.promise
      there += 1
    })
    const second = refusal(inRoom(one, async () => {}))
    making.resolve()
    await first
    expect(await second).toEqual(['role.limit', { most: 1 }])
  })

  test('holds up nobody in another room', async () => {
    const making = Promise.withResolvers<void>()
    const first = inRoom(
      room(() => 0),
      () => making.promise,
    )
    expect(
      await inRoom(
        room(() => 0),
        async () => 'made',
      ),
    ).toBe('made')
    making.resolve()
    await first
  })
})
