import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor, callerWith } from '../mia/accounts.ts'
import { bodyOf, companyAccount, uniqueWord } from '../mia/companies.ts'
import { addTo, mailOf, type PeopleServer, projectsPath, startPeopleServer } from './world.ts'

interface Owned {
  readonly owners: readonly { readonly name: string; readonly email: string }[]
}
const ownersOf = ({ owners }: Owned) => owners.map(({ email }) => email).toSorted()

onEachStore('whoever makes a project of Kubermatic', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    people = await startPeopleServer({ store })
  })
  afterAll(async () => await people.close())

  const make = (caller: Caller, given: object = {}) =>
    caller('POST', projectsPath, { name: 'Plan 9', ...given })
  const manage: Caller = (...given) => people.server.manage(...given)
  const companyOf = async (id: string) =>
    bodyOf(await manage('GET', `/api/projects/${id}`), 200).companyId
  const newCompany = async () =>
    bodyOf(await manage('POST', '/api/companies', { name: uniqueWord('Acme') }), 201)
  const idOf = async (slug: string) => {
    const all = bodyOf(await manage('GET', '/api/companies'), 200)
    return all.find((one: { slug: string }) => one.slug === slug)?.companyId
  }
  const invite = async (companyId: string, name: string, role: string) =>
    bodyOf(
      await manage('POST', `/api/companies/${companyId}/users`, { email: mailOf(name), role }),
      201,
    )

  test('of several who are the first at once, makes the company of the settings once', async () => {
    const names = ['ann', 'ben', 'cat', 'dot']
    const made = await Promise.all(names.map((name) => make(people.as(name))))
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    const companies = await Promise.all(made.map(({ body }) => companyOf(body.id)))
    expect(new Set(companies)).toEqual(new Set([await idOf('default')]))
    expect(await idOf('default')).toBeDefined()
    expect(bodyOf(await manage('GET', '/api/companies'), 200)).toHaveLength(1)
  })

  test('may call it as others call theirs', async () => {
    const [one, other] = [people.as('ann'), people.as('ben')]
    for (const caller of [one, one, other]) bodyOf(await make(caller, { name: 'Same' }), 201)
  })

  test('must call it something', async () => {
    for (const name of ['', ' ', null, undefined]) {
      const { status, body } = await make(people.as('ann'), { name })
      const said = { code: 400, message: 'the name of the project cannot be empty' }
      expect([status, body]).toEqual([400, { error: said }])
    }
  })

  test('owns it alone where the list of owners is null, as clients in Go write an empty one', async () => {
    const project = bodyOf(await make(people.as('zoe'), { users: null, company: null }), 201)
    expect(ownersOf(project)).toEqual([mailOf('zoe')])
  })

  test('owns it with those who are named, also where they were never seen', async () => {
    const users = [mailOf('new'), mailOf('ann')]
    const made = bodyOf(await make(people.as('ann'), { users }), 201)
    expect(ownersOf(made)).toEqual([mailOf('ann'), mailOf('new')])
    const seen = bodyOf(await people.as('new')('GET', `${projectsPath}/${made.id}`), 200)
    expect([seen.status, ownersOf(seen)]).toEqual(['Active', [mailOf('ann'), mailOf('new')]])
    const byName = seen.owners.map(({ name }: { name: string }) => name)
    expect(byName.toSorted()).toEqual(['ann', 'new'])
  })

  test('makes it in the company that is named by its id or its slug', async () => {
    const { companyId, slug } = await newCompany()
    for (const company of [companyId, slug]) {
      const made = bodyOf(await make(manage, { company }), 201)
      expect(await companyOf(made.id)).toBe(companyId)
    }
  })

  test('makes it in their own company, where they have one and name none', async () => {
    const { companyId } = await newCompany()
    await invite(companyId, 'gus', 'guest')
    const gus = people.as('gus')
    const made = bodyOf(await make(gus), 201)
    expect(await companyOf(made.id)).toBe(companyId)
    const usual = bodyOf(await make(gus, { company: 'default' }), 201)
    expect(await companyOf(usual.id)).toBe(await idOf('default'))
    const third = bodyOf(await make(gus), 201)
    expect(await companyOf(third.id)).toBe(await idOf('default'))
  })

  test('learns nothing of companies of others, whether they are there or not', async () => {
    const { companyId, slug } = await newCompany()
    for (const company of [companyId, slug, 'comp_none']) {
      const { status, body } = await make(people.as('ann'), { company })
      const message = "forbidden: you don't belong to that company"
      expect([status, body]).toEqual([403, { error: { code: 403, message } }])
    }
  })

  test('of the root may leave it to nobody, or name owners', async () => {
    const none = bodyOf(await make(manage), 201)
    expect([none.status, none.owners]).toEqual(['Inactive', []])
    const path = `${projectsPath}/${none.id}`
    expect(bodyOf(await manage('GET', path), 200)).toEqual({ ...none, status: 'Active' })
    const named = bodyOf(await make(manage, { users: [mailOf('hal')] }), 201)
    expect(ownersOf(named)).toEqual([mailOf('hal')])
  })

  test('of the root needs the permission for it', async () => {
    const viewer = await callerWith(people.server, ['console.root.view'])
    const { status, body } = await make(viewer)
    const message = 'the Service Account is not allowed to create a project'
    expect([status, body]).toEqual([403, { error: { code: 403, message } }])
  })

  test('as an account of a company must own it, and name people', async () => {
    const { companyId } = await newCompany()
    const caller = async (role: string) => {
      const path = `/api/companies/${companyId}/service-accounts`
      const account = bodyOf(await manage('POST', path, companyAccount({ role })), 201)
      return await callerFor(people.server, account)
    }
    const owner = await caller('company-owner')
    const refusals = [
      [await make(await caller('project-admin'), { users: [mailOf('ida')] }), 403],
      [await make(owner), 400],
      [await make(owner, { users: [] }), 400],
      [await make(owner, { users: null }), 400],
      [await make(owner, { users: ['serviceaccount-ost_ci_x@127.0.0.1'] }), 400],
    ] as const
    expect(refusals.map(([{ body }]) => body.error.message)).toEqual([
      'the Service Account is not allowed to create a project',
      'owner user email list required for project creation by Service Account',
      'owner user email list required for project creation by Service Account',
      'owner user email list required for project creation by Service Account',
      'user email list should contain only human users',
    ])
    expect(refusals.map(([{ status }]) => status)).toEqual(refusals.map(([, status]) => status))
    const made = bodyOf(await make(owner, { users: [mailOf('ida')] }), 201)
    expect([ownersOf(made), await companyOf(made.id)]).toEqual([[mailOf('ida')], companyId])
  })

  test('lists their own, and with displayAll whatever they may see', async () => {
    const [jan, kim] = [people.as('jan'), people.as('kim')]
    const own = bodyOf(await make(jan), 201)
    const other = bodyOf(await make(kim), 201)
    await addTo(`${projectsPath}/${other.id}`, kim, ['jan', 'viewers'])
    const ids = async (caller: Caller, query = '') =>
      bodyOf(await caller('GET', `${projectsPath}${query}`), 200).map(
        (one: { id: string }) => one.id,
      )
    for (const query of ['', '?displayAll=false', '?displayAll=true']) {
      expect(await ids(jan, query)).toEqual([own.id, other.id])
      expect(await ids(kim, query)).toEqual([other.id])
    }
    expect(await ids(manage)).toEqual([])
    expect(await ids(manage, '?displayAll=true')).toEqual(
      expect.arrayContaining([own.id, other.id]),
    )
  })
})

onEachStore('where the settings leave making projects to owners', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    const env = {
      OSTIARY_KUBERMATIC_PROJECT_CREATION: 'owners',
      OSTIARY_KUBERMATIC_COMPANY: 'house',
    }
    people = await startPeopleServer({ store, env })
  })
  afterAll(async () => await people.close())

  test('nobody else makes one', async () => {
    const make = (caller: Caller) => caller('POST', projectsPath, { name: 'Plan 9' })
    const ann = people.as('ann')
    const message = 'project creation is restricted'
    const refused = [403, { error: { code: 403, message } }]
    const before = await make(ann)
    expect([before.status, before.body]).toEqual(refused)
    bodyOf(await make(people.server.manage), 201)
    const [{ companyId, slug }] = bodyOf(await people.server.manage('GET', '/api/companies'), 200)
    expect(slug).toBe('house')
    const after = await make(ann)
    expect([after.status, after.body]).toEqual(refused)
    const owner = { email: mailOf('ann'), role: 'company-owner' }
    bodyOf(await people.server.manage('POST', `/api/companies/${companyId}/users`, owner), 201)
    bodyOf(await make(ann), 201)
  })
})
