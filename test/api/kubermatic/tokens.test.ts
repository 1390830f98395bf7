import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { assertClaimsAreFree } from '../../../src/domain/accounts/custom-claims.ts'
import { onEachStore } from '../../support/stores.ts'
import type { Caller } from '../mia/accounts.ts'
import { bodyOf } from '../mia/companies.ts'
import { holderOf } from '../mia/persons.ts'
import {
  addTo,
  mailOf,
  type PeopleServer,
  projectOf,
  projectsPath,
  startPeopleServer,
} from './world.ts'

const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

onEachStore('tokens of service accounts of a project', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    people = await startPeopleServer({ store })
  })
  afterAll(async () => await people.close())

  const ada: Caller = (...given) => people.as('ada')(...given)
  const refusal = async (method: string, path: string, body?: unknown) => {
    const answer = await ada(method, path, body)
    return [answer.status, answer.body.error?.message]
  }
  /** The path of an account that was just made. */
  const newAccount = async (group = 'viewers', project?: string) => {
    const path = project ?? (await projectOf(ada))
    const made = bodyOf(await ada('POST', `${path}/serviceaccounts`, { name: group, group }), 201)
    return `${path}/serviceaccounts/${made.id}`
  }
  const newToken = async (account: string, name = 'test') =>
    bodyOf(await ada('POST', `${account}/tokens`, { name }), 201)
  const projectIn = (account: string) => account.split('/').slice(0, 5).join('/')
  const idIn = (path: string) => path.split('/').at(-1) ?? ''
  /** How this server takes a value: the status of reading the project. */
  const standing = async (value: string, account: string) => {
    const { status, body } = await holderOf(people.server, value)('GET', projectIn(account))
    return [status, body.error?.message]
  }
  const revoked = (token: { id: string }, account: string) => [
    401,
    `access denied, invalid token: sa: the token ${token.id} has been revoked for serviceaccount-${idIn(account)}@127.0.0.1`,
  ]

  test('are shown once, and listed without their values', async () => {
    const account = await newAccount()
    const made = await newToken(account)
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'test',
      creationTimestamp: expect.stringMatching(whole),
      expiry: expect.stringMatching(whole),
      token: expect.stringMatching(/^ey[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    const { token, ...listed } = made
    expect(bodyOf(await ada('GET', `${account}/tokens`), 200)).toEqual([listed])
    const claims = decodeJwt(token)
    expect([claims.sub, claims['project_id'], claims['token_id']]).toEqual([
      idIn(account),
      idIn(projectIn(account)),
      made.id,
    ])
    expect(Date.parse(made.expiry)).toBe(Number(claims.exp) * 1000)
    const years = new Date(made.expiry).getUTCFullYear() - new Date().getUTCFullYear()
    expect(years).toBe(3)
  })

  test('have no claim that an account could say of itself', async () => {
    const { token } = await newToken(await newAccount())
    for (const claim of Object.keys(decodeJwt(token))) {
      expect(() => assertClaimsAreFree([claim])).toThrow(claim)
    }
  })

  test('work as a Bearer until another value is made, which works from then on', async () => {
    const account = await newAccount()
    const made = await newToken(account)
    expect(await standing(made.token, account)).toEqual([200, undefined])
    const body = { id: made.id, name: 'newer' }
    const again = bodyOf(await ada('PUT', `${account}/tokens/${made.id}`, body), 200)
    expect(again).toMatchObject({ id: made.id, name: 'newer' })
    expect(await standing(made.token, account)).toEqual(revoked(made, account))
    expect(await standing(again.token, account)).toEqual([200, undefined])
  })

  test('of two new values at once one is made, and works', async () => {
    const account = await newAccount()
    const { id, token } = await newToken(account)
    const path = `${account}/tokens/${id}`
    const answers = await Promise.all(
      [1, 2].map(async () => await ada('PUT', path, { id, name: 'test' })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => ![200, 409].includes(status))).toEqual([])
    const values = [token, ...answers.flatMap(({ body }) => body.token ?? [])]
    const stands = await Promise.all(values.map(async (value) => await standing(value, account)))
    expect(stands.filter(([status]) => status === 200)).toHaveLength(1)
  })

  test('are renamed, and work on', async () => {
    const account = await newAccount()
    const { token, ...made } = await newToken(account)
    const renamed = bodyOf(
      await ada('PATCH', `${account}/tokens/${made.id}`, { name: 'other' }),
      200,
    )
    expect(renamed).toEqual({ ...made, name: 'other' })
    expect(await standing(token, account)).toEqual([200, undefined])
  })

  test('end when they are deleted, or their account or their project is', async () => {
    const path = await projectOf(ada)
    const [one, other] = [await newAccount('viewers', path), await newAccount('editors', path)]
    const [first, second, third] = [
      await newToken(one, 'first'),
      await newToken(one, 'second'),
      await newToken(other, 'third'),
    ]
    expect(bodyOf(await ada('DELETE', `${one}/tokens/${first.id}`), 200)).toEqual({})
    expect(await standing(first.token, one)).toEqual(revoked(first, one))
    expect(await standing(second.token, one)).toEqual([200, undefined])
    bodyOf(await ada('DELETE', one), 200)
    expect(await standing(second.token, one)).toEqual(revoked(second, one))
    expect(await standing(third.token, other)).toEqual([200, undefined])
    bodyOf(await ada('DELETE', path), 200)
    expect(await standing(third.token, other)).toEqual(revoked(third, other))
  })

  test('may at once what the new group of their account may', async () => {
    const account = await newAccount('viewers')
    const { token } = await newToken(account)
    const accounts = `${projectIn(account)}/serviceaccounts`
    const holder = holderOf(people.server, token)
    expect((await holder('GET', accounts)).status).toBe(403)
    const id = idIn(account)
    const change = { id, name: 'moved', group: 'projectmanagers' }
    bodyOf(await ada('PUT', account, change), 200)
    expect((await holder('GET', accounts)).status).toBe(200)
    bodyOf(await ada('PUT', account, { ...change, group: 'editors' }), 200)
    expect((await holder('GET', accounts)).status).toBe(403)
  })

  test('have a name that no other of the account has, until they are gone', async () => {
    const [account, other] = [await newAccount(), await newAccount()]
    const { id } = await newToken(account)
    await newToken(other)
    const second = await newToken(account, 'second')
    const taken = [409, 'token "test" already exists']
    expect(await refusal('POST', `${account}/tokens`, { name: 'test' })).toEqual(taken)
    const one = `${account}/tokens/${second.id}`
    expect(await refusal('PATCH', one, { name: 'test' })).toEqual(taken)
    expect(await refusal('PUT', one, { id: second.id, name: 'test' })).toEqual(taken)
    expect(await standing(second.token, account)).toEqual([200, undefined])
    bodyOf(await ada('DELETE', `${account}/tokens/${id}`), 200)
    expect((await newToken(account)).id).not.toBe(id)
  })

  test('are refused in the words that clients know', async () => {
    const account = await newAccount()
    const { id } = await newToken(account)
    const [all, one] = [`${account}/tokens`, `${account}/tokens/${id}`]
    const long = [400, 'the name is too long, max 63 chars']
    const name = 'x'.repeat(64)
    expect(await refusal('POST', all, { name })).toEqual(long)
    expect(await refusal('PUT', one, { id, name })).toEqual(long)
    expect(await refusal('PATCH', one, { name })).toEqual(long)
    bodyOf(await ada('PATCH', one, { name: 'x'.repeat(63) }), 200)
    const empty = [400, 'the name, service account ID and project ID cannot be empty']
    expect(await refusal('POST', all, {})).toEqual(empty)
    const nameless = [400, 'new name can not be empty']
    expect(await refusal('PATCH', one, {})).toEqual(nameless)
    expect(await refusal('PUT', one, { id })).toEqual(nameless)
    expect(await refusal('PATCH', one)).toEqual([400, 'body can not be empty'])
    const said = `token ID mismatch, you requested to update token "${id}" but body contains token "y"`
    expect(await refusal('PUT', one, { id: 'y', name: 'x' })).toEqual([400, said])
  })

  test('are of their account alone, and that of its project, for everybody', async () => {
    const project = await projectOf(ada)
    const [one, other] = [
      await newAccount('viewers', project),
      await newAccount('editors', project),
    ]
    const { id, token } = await newToken(one)
    const foreign = await projectOf(ada)
    const root: Caller = (...given) => people.server.manage(...given)
    for (const caller of [ada, root]) {
      for (const account of [other, `${foreign}/serviceaccounts/${idIn(one)}`]) {
        const path = `${account}/tokens/${id}`
        expect((await caller('PUT', path, { id, name: 'x' })).status).toBe(404)
        expect((await caller('PATCH', path, { name: 'x' })).status).toBe(404)
        expect((await caller('DELETE', path)).status).toBe(404)
      }
      const tokens = `${foreign}/serviceaccounts/${idIn(one)}/tokens`
      expect((await caller('GET', tokens)).status).toBe(404)
      expect((await caller('POST', tokens, { name: 'x' })).status).toBe(404)
    }
    expect(await standing(token, one)).toEqual([200, undefined])
  })

  test('are for those who manage the project', async () => {
    const account = await newAccount()
    const { id } = await newToken(account)
    for (const [name, may] of [
      ['projectmanagers', true],
      ['editors', false],
      ['viewers', false],
    ] as const) {
      await addTo(projectIn(account), ada, [name, name])
      const caller = people.as(name)
      const all = `${account}/tokens`
      const answers = [
        await caller('GET', all),
        await caller('POST', all, { name }),
        await caller('PATCH', `${all}/${id}`, { name: `${name} x` }),
        await caller('PUT', `${all}/${id}`, { id, name: `${name} y` }),
      ]
      const statuses = answers.map(({ status }) => status)
      expect([name, statuses]).toEqual([name, may ? [200, 201, 200, 200] : [403, 403, 403, 403]])
    }
    expect((await people.as('editors')('DELETE', `${account}/tokens/${id}`)).status).toBe(403)
    expect((await people.as('projectmanagers')('DELETE', `${account}/tokens/${id}`)).status).toBe(
      200,
    )
  })

  test('of project managers make projects, for people whom they name', async () => {
    const project = await projectOf(ada)
    const manager = await newAccount('projectmanagers', project)
    const editor = await newAccount('editors', project)
    const as = async (account: string) => holderOf(people.server, (await newToken(account)).token)
    const make = async (caller: Caller, given: object) => {
      const { status, body } = await caller('POST', projectsPath, { name: 'Made', ...given })
      return [status, body.error?.message ?? body.owners.map((one: { email: string }) => one.email)]
    }
    const users = [mailOf('never-seen')]
    expect(await make(await as(editor), { users })).toEqual([
      403,
      'the Service Account is not allowed to create a project',
    ])
    const caller = await as(manager)
    const nobody = 'owner user email list required for project creation by Service Account'
    expect(await make(caller, {})).toEqual([400, nobody])
    const machine = [...users, `serviceaccount-${idIn(manager)}@127.0.0.1`]
    const human = 'user email list should contain only human users'
    expect(await make(caller, { users: machine })).toEqual([400, human])
    expect(await make(caller, { users })).toEqual([201, users])
    const owned = bodyOf(await people.as('never-seen')('GET', projectsPath), 200)
    expect(owned).toMatchObject([{ name: 'Made', status: 'Active' }])
    expect(bodyOf(await caller('GET', `${projectsPath}?displayAll=true`), 200)).toMatchObject([
      { id: idIn(project) },
    ])
  })
})
