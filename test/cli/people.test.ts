import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { member, newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { holderOf, trust } from '../api/mia/persons.ts'
import { openTestIssuer, type TestIssuer } from '../support/issuer.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let issuer: TestIssuer
let env: Record<string, string>
let tree: Tree

beforeAll(async () => {
  server = await startTestServer()
  issuer = await openTestIssuer()
  await trust(server, issuer.url)
  env = operator(server)
  tree = await newTree(server)
})
afterAll(async () => {
  await server.close()
  await issuer.close()
})

const ask = (...args: readonly string[]) => ostiary(args, env)

async function done(...args: readonly string[]) {
  const { code, json, stderr } = await ask(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return json
}

describe('ostiary roles', () => {
  const permissions = ['--permissions', 'console.company.view,console.company.project.view']

  test('lists the six roles, and with them those of a company', async () => {
    const ids = (roles: readonly { roleId: string }[]) => roles.map(({ roleId }) => roleId)
    expect(ids(await done('roles', 'list'))).toHaveLength(6)
    const of = ['--company', tree.companyId]
    const name = uniqueWord('Looker')
    const { roleId } = await done('roles', 'create', ...of, '--name', name, ...permissions)
    expect(ids(await done('roles', 'list', ...of)).at(-1)).toBe(roleId)
    const { stdout } = await ask('roles', 'show', 'maintainer')
    expect(stdout).toMatch(/^role +maintainer\n[\s\S]*\n\nconsole\./)
  })

  test('gives a role of a company by its name, changes it, and deletes it when nobody holds it', async () => {
    const of = ['--company', tree.companyId]
    const name = uniqueWord('Clerk')
    const { roleId } = await done('roles', 'create', ...of, '--name', name, ...permissions)
    const { clientId } = await member(server, tree)
    const [held] = await done('accounts', 'roles', clientId, ...of, '--role', name)
    expect(held).toMatchObject({ role: roleId, level: 'company' })
    const changed = ['--permissions', 'console.company.view']
    expect(await done('roles', 'update', name, ...of, ...changed)).toMatchObject({
      permissions: ['console.company.view'],
    })
    const inUse = await ask('roles', 'delete', name, ...of)
    expect([inUse.code, inUse.stderr]).toEqual([1, expect.stringContaining('role')])
    await done('accounts', 'roles', clientId, ...of, '--role', 'none')
    expect(await done('roles', 'delete', name, ...of)).toEqual({ roleId, deleted: true })
  })

  test('refuses a role that there is not, and a change of nothing', async () => {
    const of = ['--company', tree.companyId]
    const codes = [
      await ask('roles', 'show', 'emperor'),
      await ask('accounts', 'roles', 'ost_ci_x', ...of, '--role', 'emperor'),
      await ask('roles', 'update', 'x', ...of),
    ].map(({ code }) => code)
    expect(codes).toEqual([1, 1, 2])
  })
})

describe('ostiary identities', () => {
  test('lists who can hold roles in a company, and what counts on a project', async () => {
    const name = uniqueWord('seen')
    const { clientId } = await member(server, tree, { name, role: 'reporter' })
    const args = ['identities', 'list', '--company', tree.companyId, '--search', name]
    expect(await done(...args)).toMatchObject([{ identityId: clientId, name }])
    const { stdout } = await ask(...args, '--project', 'payments')
    expect(stdout).toMatch(/^ID +NAME +TYPE +ROLES\n.* serviceaccount +reporter\n$/)
    expect((await ask(...args, '--type', 'group')).stdout).toBe('nobody\n')
    expect((await ask(...args, '--type', 'robot')).code).toBe(2)
  })

  test('tells what counts by a group alone, on the company and below it', async () => {
    const name = uniqueWord('grouped')
    const { clientId } = await member(server, tree, { name })
    const groups = `${tree.path}/groups`
    const made = { name: uniqueWord('group'), role: 'guest', members: [clientId] }
    const { _id } = (await server.manage('POST', groups, made)).body
    const { projectId, envId } = tree
    const environmentsRole = [{ envId, role: 'maintainer' }]
    const projectsRole = [{ projectId, role: 'developer', environmentsRole }]
    expect((await server.manage('PATCH', `${groups}/${_id}`, { projectsRole })).status).toBe(200)
    const args = ['identities', 'list', '--company', tree.companyId, '--search', name]
    expect((await ask(...args)).stdout).toMatch(/ serviceaccount +guest, 1 project\n$/)
    const { stdout } = await ask(...args, '--project', 'payments')
    expect(stdout).toMatch(/ serviceaccount +developer, 1 environment\n$/)
  })
})

describe('ostiary me', () => {
  test('tells an account its roles by the names of what they are on', async () => {
    const { projectId, envId } = tree
    const who = await member(server, tree, {
      projectsRole: [{ projectId, environmentsRole: [{ envId, role: 'maintainer' }] }],
    })
    const login = {
      OSTIARY_URL: server.url,
      OSTIARY_CLIENT_ID: who.clientId,
      OSTIARY_CLIENT_SECRET: who.clientSecret,
    }
    const { stdout, code } = await ostiary(['me'], login)
    expect([code, stdout]).toEqual([0, expect.stringContaining(`client id    ${who.clientId}`)])
    expect(stdout).toMatch(/\nROLE +ON +CALLED +BY +ID\nmaintainer +environment +\S.* itself +/)
    const { json } = await ostiary(['me', '--json'], login)
    expect(json).toMatchObject({ kind: 'serviceaccount', roles: [{ role: 'maintainer' }] })
  })
})

describe('ostiary users', () => {
  test('knows somebody of a company by a mail address, as an invitation does', async () => {
    const of = ['--company', tree.companyId]
    const email = `${uniqueWord('Joan').replace(' ', '.')}@people.example`
    const { userId } = await done('users', 'invite', email, ...of, '--role', 'guest')
    const roles = await done('users', 'roles', email.toUpperCase(), ...of, '--role', 'reporter')
    expect(roles).toMatchObject([{ role: 'reporter', id: tree.companyId }])
    expect(await done('users', 'show', email, ...of)).toMatchObject({ userId })
    expect(await done('users', 'remove', email, ...of, '--yes')).toMatchObject({ userId })
    const { code, stderr } = await ask('users', 'roles', email, ...of)
    expect([code, stderr]).toEqual([1, expect.stringContaining(JSON.stringify(email))])
  })

  test('lists, shows, disables, enables and deletes people who signed in', async () => {
    const name = uniqueWord('Person')
    const person = holderOf(server, issuer.token({ sub: name, name }))
    const { id } = (await person('GET', '/api/me')).body
    expect(await done('users', 'list', '--search', name)).toMatchObject([{ userId: id, name }])
    expect((await ask('users', 'show', id)).stdout).toContain(`name         ${name}\n`)
    await done('users', 'disable', id)
    expect((await person('GET', '/api/me')).status).toBe(401)
    await done('users', 'enable', id)
    expect((await person('GET', '/api/me')).status).toBe(200)
    expect(await done('users', 'delete', id, '--yes')).toEqual({ userId: id, deleted: true })
    expect((await ask('users', 'show', id)).code).toBe(1)
  })
})
