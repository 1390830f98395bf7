import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newTree, type Tree } from '../api/mia/companies.ts'
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

const onEnvironment = ['--project', 'payments', '--environment', 'Development']

describe('ostiary accounts --company', () => {
  test('makes an account with one role on one environment, whose secret gets a token', async () => {
    const role = ['--role', 'maintainer', ...onEnvironment]
    const made = await done('accounts', 'create', '--name', 'ci', ...role)
    expect((await server.token(made)).status).toBe(200)
    const { projectId, envId } = tree
    expect(await done('accounts', 'show', made.clientId)).toMatchObject({
      companyRoles: [],
      projects: [{ _id: projectId, roles: [], environments: [{ envId, roles: ['maintainer'] }] }],
      credentials: [{ name: 'initial' }],
    })
  })

  test('lists the accounts of the company alone, for programs and for people', async () => {
    const { clientId } = await done('accounts', 'create', '--name', 'lister', '--role', 'guest')
    const listed = await done('accounts', 'list', '--search', 'LISTER')
    expect(listed).toMatchObject([{ clientId, companyRoles: ['guest'] }])
    const { stdout } = await ask('accounts', 'list', '--search', 'lister')
    expect(stdout).toMatch(
      /^CLIENT ID +NAME +STATE +ROLES +LAST LOGIN\n.* enabled +guest +never\n$/,
    )
  })

  test('lists those that a role, a state or their last use leaves', async () => {
    const { clientId } = await done('accounts', 'create', '--name', 'narrow', '--role', 'guest')
    const of = async (...flags: readonly string[]) => {
      const listed = await done('accounts', 'list', '--search', clientId, ...flags)
      return listed.length
    }
    expect([await of('--role', 'guest'), await of('--role', 'reporter')]).toEqual([1, 0])
    expect([await of('--state', 'enabled'), await of('--state', 'disabled')]).toEqual([1, 0])
    const methods = ['client_secret_basic', 'private_key_jwt']
    expect(await Promise.all(methods.map((method) => of('--method', method)))).toEqual([1, 0])
    const unused = ['--unused-since', new Date().toISOString()]
    expect([await of(...unused), await of('--rotating')]).toEqual([1, 0])
    const root = await ostiary(['accounts', 'list', '--role', 'guest'], env)
    expect([root.code, root.stderr]).toEqual([2, expect.stringContaining('--company')])
  })

  test('renames, disables, enables and deletes an account', async () => {
    const made = await done('accounts', 'create', '--name', 'old')
    const { clientId } = made
    const statusAfter = async (...verb: readonly string[]) => {
      await done('accounts', ...verb)
      return (await server.token(made)).status
    }
    expect(await statusAfter('update', clientId, '--name', 'new')).toBe(200)
    expect(await done('accounts', 'show', clientId)).toMatchObject({ name: 'new' })
    expect(await statusAfter('disable', clientId)).toBe(401)
    expect(await statusAfter('enable', clientId)).toBe(200)
    expect(await statusAfter('revoke-tokens', clientId)).toBe(200)
    expect(await statusAfter('delete', clientId, '--yes')).toBe(401)
  })

  test('rotates, adds, lists and deletes what an account logs in with', async () => {
    const { clientId } = await done('accounts', 'create', '--name', 'rotated')
    const { id } = await done('accounts', 'rotate', clientId, '--overlap', '60')
    const added = await done('credentials', 'add', clientId, '--name', 'spare')
    const ids = async () =>
      (await done('credentials', 'list', clientId)).map((one: { id: string }) => one.id)
    expect(await ids()).toEqual(expect.arrayContaining([id, added.id]))
    await done('credentials', 'delete', clientId, added.id)
    expect(await ids()).not.toContain(added.id)
  })

  test('refuses permissions, which accounts of root have, and roles for those', async () => {
    const { code, stderr } = await ask('accounts', 'create', '--name', 'x', '--permissions', 'y')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--permissions')])
    const create = ['accounts', 'create', '--name', 'x']
    const root = await ostiary([...create, '--role', 'guest'], env)
    expect([root.code, root.stderr]).toEqual([2, expect.stringContaining('--company')])
    const bare = await ostiary(create, env)
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('--permissions')])
  })
})

describe('ostiary accounts roles', () => {
  test('sets a role on the company, a project and an environment, and takes it away', async () => {
    const { clientId } = await done('accounts', 'create', '--name', 'climber')
    const roles = (...flags: readonly string[]) => done('accounts', 'roles', clientId, ...flags)
    await roles('--role', 'reporter')
    await roles('--role', 'developer', '--project', tree.projectId)
    const { companyId, projectId, envId } = tree
    const environment = {
      role: 'maintainer',
      level: 'environment',
      called: 'Payments / Development',
      id: `${projectId}:${envId}`,
    }
    expect(await roles('--role', 'maintainer', ...onEnvironment)).toEqual([
      expect.objectContaining({ role: 'reporter', level: 'company', id: companyId }),
      { role: 'developer', level: 'project', called: 'Payments', id: projectId },
      environment,
    ])
    await roles('--role', 'none')
    expect(await roles('--role', 'none', '--project', 'Payments')).toEqual([environment])
  })

  test('are shown as a table, and none as a word', async () => {
    const { clientId } = await done('accounts', 'create', '--name', 'plain')
    expect((await ask('accounts', 'roles', clientId)).stdout).toBe('no roles\n')
    const { stdout } = await ask('accounts', 'roles', clientId, '--role', 'guest')
    expect(stdout).toMatch(/^ROLE +ON +CALLED +ID\nguest +company +company .* comp_\S+\n$/)
  })

  test.each([
    [['--environment', 'Development', '--role', 'reporter'], '--project'],
    [['--project', 'Payments'], '--role'],
  ])('want what %j is about', async (flags, missing) => {
    const { code, stderr } = await ask('accounts', 'roles', 'ost_ci_x', ...flags)
    expect([code, stderr]).toEqual([2, expect.stringContaining(missing)])
  })
})
