import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { member, newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let tree: Tree

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  tree = await newTree(server)
})
afterAll(() => server.close())

const ask = (...args: readonly string[]) => ostiary([...args, '--company', tree.companyId], env)

async function done(...args: readonly string[]) {
  const { code, json, stderr } = await ask(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return json
}

describe('ostiary groups', () => {
  test('makes a group with a member, shows, lists, renames and deletes it, by its name', async () => {
    const { clientId } = await member(server, tree)
    const name = uniqueWord('Designers')
    const made = ['--name', name, '--role', 'reporter', '--members', clientId]
    const { groupId } = await done('groups', 'create', ...made)
    expect(await done('groups', 'list', '--search', name)).toMatchObject([{ groupId, name }])
    const { stdout } = await ask('groups', 'show', name)
    expect(stdout).toContain('\nrole     reporter\n')
    expect(stdout).toMatch(new RegExp(`\\nMEMBER +NAME +TYPE\\n${clientId} `))
    const other = uniqueWord('Drawers')
    expect(await done('groups', 'rename', name, '--name', other)).toMatchObject({ name: other })
    const deleted = await done('groups', 'delete', other, '--yes')
    expect(deleted).toEqual({ groupId, deleted: true })
    expect((await ask('groups', 'show', other)).code).toBe(1)
  })

  test('puts accounts in, and people by their mail address, and takes them out', async () => {
    const { clientId } = await member(server, tree)
    const { groupId } = await done('groups', 'create', '--name', uniqueWord('Mixed'))
    const email = `${uniqueWord('person').replace(' ', '.')}@people.example`
    const added = await done('groups', 'add', groupId, clientId, email)
    const types = (members: readonly { type: string }[]) => members.map(({ type }) => type).sort()
    expect(types(added.members)).toEqual(['serviceaccount', 'user'])
    const left = await done('groups', 'remove', groupId, clientId)
    expect(types(left.members)).toEqual(['user'])
  })

  test('says what issuers call a group, and its name again for an empty text', async () => {
    const name = uniqueWord('Mapped')
    await done('groups', 'create', '--name', name)
    const update = (external: string) => done('groups', 'update', name, '--external-name', external)
    expect(await update('staff-mapped')).toMatchObject({ name, externalName: 'staff-mapped' })
    expect(await update('')).not.toHaveProperty('externalName')
    expect((await ask('groups', 'update', name)).code).toBe(2)
  })

  test('gives a group roles on every level', async () => {
    const name = uniqueWord('Builders')
    await done('groups', 'create', '--name', name)
    const where = ['--project', 'payments', '--environment', 'development']
    const held = await done('groups', 'roles', name, '--role', 'maintainer', ...where)
    expect(held).toMatchObject([{ role: 'maintainer', level: 'environment' }])
    await done('groups', 'roles', name, '--role', 'guest')
    expect((await ask('groups', 'roles', name)).stdout).toMatch(/\nguest +company +/)
  })
})

describe('ostiary users --company', () => {
  test('invites, lists, shows, gives roles to and removes a person', async () => {
    const email = `${uniqueWord('ada').replace(' ', '.')}@people.example`
    const { userId } = await done('users', 'invite', email, '--role', 'reporter')
    const listed = await done('users', 'list', '--search', userId)
    expect(listed).toMatchObject([{ userId, email, state: 'invited', companyRoles: ['reporter'] }])
    const held = await done('users', 'roles', userId, '--role', 'developer')
    expect(held).toMatchObject([{ role: 'developer', level: 'company' }])
    expect((await ask('users', 'show', userId)).stdout).toContain('roles       developer\n')
    const removed = await done('users', 'remove', userId, '--from-groups', '--yes')
    expect(removed).toEqual({ userId, removed: true })
    expect((await ask('users', 'show', userId)).code).toBe(1)
  })
})
