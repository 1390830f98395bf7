import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf } from '../mia/companies.ts'
import {
  addTo,
  mailOf,
  type PeopleServer,
  projectOf,
  projectsPath,
  startPeopleServer,
} from './world.ts'

const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

onEachStore('projects in the dialect of Kubermatic', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    people = await startPeopleServer({ store })
  })
  afterAll(async () => await people.close())

  test('belong to the person who makes one, and are active when they are read', async () => {
    const ada = people.as('ada')
    const made = bodyOf(await ada('POST', projectsPath, { name: 'Plan 9' }), 201)
    const owners = [
      { name: 'ada', creationTimestamp: '0001-01-01T00:00:00Z', email: mailOf('ada') },
    ]
    const shown = {
      id: expect.any(String),
      name: 'Plan 9',
      creationTimestamp: expect.stringMatching(whole),
      status: 'Inactive',
      owners,
      clustersNumber: 0,
    }
    expect(made).toEqual(shown)
    const active = { ...made, status: 'Active' }
    expect(bodyOf(await ada('GET', `${projectsPath}/${made.id}`), 200)).toEqual(active)
    expect(bodyOf(await ada('GET', projectsPath), 200)).toEqual([active])
  })

  test('have service accounts, which are inactive only in the answer that made them', async () => {
    const bob = people.as('bob')
    const path = await projectOf(bob)
    const accounts = `${path}/serviceaccounts`
    expect(bodyOf(await bob('GET', accounts), 200)).toEqual([])
    const made = bodyOf(await bob('POST', accounts, { name: 'test', group: 'editors' }), 201)
    expect(made).toEqual({
      id: expect.stringMatching(/^ost_ci_/),
      name: 'test',
      creationTimestamp: expect.stringMatching(whole),
      status: 'Inactive',
      group: `editors-${path.slice(projectsPath.length + 1)}`,
    })
    expect(bodyOf(await bob('GET', accounts), 200)).toEqual([{ ...made, status: 'Active' }])
  })

  test('pass over a parameter that they do not know, but for the list of them', async () => {
    const bob = people.as('bob')
    const path = await projectOf(bob)
    for (const on of [path, `${path}/users`, `${path}/serviceaccounts`]) {
      expect([on, (await bob('GET', `${on}?dry_run=1`)).status]).toEqual([on, 200])
    }
    expect((await bob('PUT', `${path}?dry_run=1`, { name: 'Renamed' })).status).toBe(200)
    expect((await bob('GET', `${projectsPath}?dry_run=1`)).status).toBe(400)
  })

  test('have people, who may be invited before they were ever seen', async () => {
    const bob = people.as('bob')
    const path = await projectOf(bob)
    const id = path.slice(projectsPath.length + 1)
    const invited = await addTo(path, bob, ['carol', 'editors'])
    const email = mailOf('carol')
    const projects = [{ id, group: `editors-${id}` }]
    const shown = { id: invited.id, name: email, email, projects }
    expect(invited).toEqual({ ...shown, creationTimestamp: expect.stringMatching(whole) })
    expect(bodyOf(await people.as('carol')('GET', path), 200)).toMatchObject({ id })
    const members = bodyOf(await bob('GET', `${path}/users`), 200)
    expect(members.map((one: typeof invited) => [one.name, one.projects[0].group])).toEqual([
      ['bob', `owners-${id}`],
      ['carol', `editors-${id}`],
    ])
  })

  test('have each person in one group, where no list of projects is an empty one', async () => {
    const bob = people.as('bob')
    const path = await projectOf(bob)
    for (const projects of [undefined, null, []]) {
      const { status, body } = await bob('POST', `${path}/users`, { email: mailOf('al'), projects })
      const message = 'expected exactly one entry in "Projects" field, but received 0'
      expect([projects, status, body]).toEqual([projects, 400, { error: { code: 400, message } }])
    }
  })
})
