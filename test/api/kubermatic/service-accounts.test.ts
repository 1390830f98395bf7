import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf } from '../mia/companies.ts'
import { type PeopleServer, projectOf, projectsPath, startPeopleServer } from './world.ts'

onEachStore('service accounts of a project', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    people = await startPeopleServer({ store })
  })
  afterAll(async () => await people.close())

  const ada = (method: string, path: string, body?: unknown) => people.as('ada')(method, path, body)
  const emptyProject = async () => `${await projectOf(people.as('ada'))}/serviceaccounts`
  const refusal = async (method: string, path: string, body?: unknown) => {
    const answer = await ada(method, path, body)
    return [answer.status, answer.body.error?.message]
  }

  test('have a name that no other of the project has, until they are gone', async () => {
    const [path, other] = [await emptyProject(), await emptyProject()]
    const wanted = { name: 'test', group: 'viewers' }
    const first = bodyOf(await ada('POST', path, wanted), 201)
    const taken = [409, 'service account "test" already exists']
    expect(await refusal('POST', path, wanted)).toEqual(taken)
    bodyOf(await ada('POST', other, wanted), 201)
    const second = bodyOf(await ada('POST', path, { ...wanted, name: 'second' }), 201)
    expect(await refusal('PUT', `${path}/${second.id}`, { id: second.id, ...wanted })).toEqual(
      taken,
    )
    expect(bodyOf(await ada('DELETE', `${path}/${first.id}`), 200)).toEqual({})
    const again = bodyOf(await ada('POST', path, wanted), 201)
    expect(again.id).not.toBe(first.id)
    expect((await ada('DELETE', `${path}/${first.id}`)).status).toBe(404)
  })

  test('are renamed, and put into another group', async () => {
    const path = await emptyProject()
    const made = bodyOf(await ada('POST', path, { name: 'old', group: 'viewers' }), 201)
    const change = { id: made.id, name: 'new', group: 'projectmanagers' }
    const changed = bodyOf(await ada('PUT', `${path}/${made.id}`, change), 200)
    const group = made.group.replace('viewers', 'projectmanagers')
    expect(changed).toEqual({ ...made, status: 'Active', name: 'new', group })
    expect(bodyOf(await ada('GET', path), 200)).toEqual([changed])
  })

  test('come in the order in which they were made', async () => {
    const path = await emptyProject()
    const names = ['c', 'a', 'b']
    for (const name of names) bodyOf(await ada('POST', path, { name, group: 'editors' }), 201)
    const listed = bodyOf(await ada('GET', path), 200)
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(names)
  })

  test('take the members that clients send beside those that are read', async () => {
    const path = await emptyProject()
    const sent = { name: 'dashboard', group: 'editors', status: 'Active', creationTimestamp: null }
    bodyOf(await ada('POST', path, sent), 201)
  })

  test('are refused in the words that clients know', async () => {
    const path = await emptyProject()
    const { id } = bodyOf(await ada('POST', path, { name: 'there', group: 'editors' }), 201)
    const empty = [400, 'the name, project ID and group cannot be empty']
    for (const body of [
      {},
      { name: '', group: 'editors' },
      { name: ' ', group: 'editors' },
      { name: null, group: 'editors' },
      { name: 'x' },
      { name: 'x', group: '' },
    ]) {
      expect(await refusal('POST', path, body)).toEqual(empty)
      expect(await refusal('PUT', `${path}/${id}`, { id, ...body })).toEqual(empty)
    }
    for (const group of ['owners', 'company-owner', 'editors-x', 'Editors']) {
      const said = [400, `invalid group name ${group}`]
      expect(await refusal('POST', path, { name: 'x', group })).toEqual(said)
      expect(await refusal('PUT', `${path}/${id}`, { id, name: 'x', group })).toEqual(said)
    }
    const other = { id: 'y', name: 'x', group: 'editors' }
    const mismatch = `service account ID mismatch, you requested to update ServiceAccount "${id}" but body contains ServiceAccount "y"`
    expect(await refusal('PUT', `${path}/${id}`, other)).toEqual([400, mismatch])
    const long = { name: 'x'.repeat(129), group: 'editors' }
    expect(await refusal('POST', path, long)).toEqual([400, 'the name is too long, max 128 chars'])
  })

  test.each([...'|"<>{}[]`\\\';&'])('have no %s in their names', async (character) => {
    const path = await emptyProject()
    const body = { name: `a${character}b`, group: 'editors' }
    const [status, message] = await refusal('POST', path, body)
    expect([status, message]).toEqual([
      400,
      'the name cannot contain any of the characters | " < > { } [ ] ` \\ \' ; &',
    ])
  })

  test('are of their project alone, for whoever owns another one, too', async () => {
    const [path, other] = [await emptyProject(), await emptyProject()]
    const { id } = bodyOf(await ada('POST', path, { name: 'mine', group: 'editors' }), 201)
    const change = { id, name: 'yours', group: 'viewers' }
    expect((await ada('PUT', `${other}/${id}`, change)).status).toBe(404)
    expect((await ada('DELETE', `${other}/${id}`)).status).toBe(404)
    const root = (method: string, body?: unknown) =>
      people.server.manage(method, `${other}/${id}`, body)
    expect((await root('PUT', change)).status).toBe(404)
    expect((await root('DELETE')).status).toBe(404)
    expect(bodyOf(await ada('GET', path), 200)).toHaveLength(1)
  })

  test('stand in the log of the company of their project', async () => {
    const path = await emptyProject()
    const { id } = bodyOf(await ada('POST', path, { name: 'told', group: 'editors' }), 201)
    const [{ companyId }] = bodyOf(await people.server.manage('GET', '/api/companies'), 200)
    const log = `/api/companies/${companyId}/audit-logs?action=project_account.create`
    const entries = bodyOf(await people.server.manage('GET', log), 200)
    expect(entries).toContainEqual(
      expect.objectContaining({ resourceId: id, target: 'told', operation: 'Creation' }),
    )
  })

  test('are gone with their project', async () => {
    const path = await emptyProject()
    bodyOf(await ada('POST', path, { name: 'gone', group: 'editors' }), 201)
    const project = path.replace('/serviceaccounts', '')
    expect(bodyOf(await ada('DELETE', project), 200)).toEqual({})
    const id = project.slice(projectsPath.length + 1)
    const said = `forbidden: "ada@people.example" doesn't belong to project ${id}`
    expect(await refusal('GET', path)).toEqual([403, said])
    expect(await refusal('GET', project)).toEqual([403, said])
  })
})

onEachStore('where the settings leave service accounts to owners', (store) => {
  let people: PeopleServer
  beforeAll(async () => {
    const env = { OSTIARY_KUBERMATIC_SERVICE_ACCOUNT_MANAGEMENT: 'owners' }
    people = await startPeopleServer({ store, env })
  })
  afterAll(async () => await people.close())

  test('who manages a project manages its people alone', async () => {
    const owner = people.as('ada')
    const path = await projectOf(owner)
    const id = path.slice(projectsPath.length + 1)
    const member = { email: 'bob@people.example', projects: [{ id, group: 'projectmanagers' }] }
    bodyOf(await owner('POST', `${path}/users`, member), 201)
    const bob = people.as('bob')
    expect((await bob('GET', `${path}/users`)).status).toBe(200)
    const wanted = { name: 'x', group: 'viewers' }
    expect((await bob('GET', `${path}/serviceaccounts`)).status).toBe(403)
    expect((await bob('POST', `${path}/serviceaccounts`, wanted)).status).toBe(403)
    bodyOf(await owner('POST', `${path}/serviceaccounts`, wanted), 201)
    const root = people.server.manage
    expect(bodyOf(await root('GET', `${path}/serviceaccounts`), 200)).toHaveLength(1)
  })
})
