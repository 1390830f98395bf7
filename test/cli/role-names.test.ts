import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { bodyOf, member, newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let tree: Tree
let roleId: string
let clientId: string
const role = 'On call'

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  tree = await newTree(server)
  const given = { name: role, permissions: ['console.company.view'] }
  roleId = bodyOf(await server.manage('POST', `${tree.path}/roles`, given), 201).roleId
  clientId = (await member(server, tree, { name: 'deployer', role: roleId })).clientId
  const company = ['--company', tree.companyId]
  await ostiary(['groups', 'create', '--name', 'engineers', '--role', role, ...company], env)
  await ostiary(['users', 'invite', 'ada@people.example', '--role', role, ...company], env)
})
afterAll(() => server.close())

const ask = (args: readonly string[], columns?: number) =>
  ostiary([...args, '--company', tree.companyId], env, { columns })

test.each([
  [['accounts', 'list']],
  [['accounts', 'list', '--role', role]],
  [['identities', 'list']],
  [['users', 'list']],
  [['groups', 'list']],
  [['groups', 'show', 'engineers']],
  [['access', 'who', 'console.company.view']],
])('a role of a company is called by its name: ostiary %j', async (args) => {
  const { stdout } = await ask(args)
  expect(stdout).toContain(role)
  expect(stdout).not.toContain(roleId)
})

test('a role of a company is called by its name where the roles of somebody are shown', async () => {
  for (const args of [
    ['accounts', 'show', clientId],
    ['accounts', 'roles', clientId],
    ['access', 'explain', 'console.company.view', '--subject', clientId],
  ]) {
    const { stdout } = await ask(args)
    expect(stdout).toContain(role)
    expect(stdout).not.toContain(roleId)
  }
})

test('programs read a role by its id', async () => {
  for (const args of [
    ['accounts', 'list'],
    ['accounts', 'roles', clientId],
    ['groups', 'list'],
  ]) {
    expect((await ask([...args, '--json'])).stdout).toContain(roleId)
  }
})

test('no line of a table is wider than a terminal of 80, whatever a role is called', async () => {
  const name = uniqueWord('Release engineer of the platform team')
  await server.manage('PATCH', `${tree.path}/roles/${roleId}`, { name })
  for (const args of [
    ['accounts', 'list'],
    ['accounts', 'show', clientId],
    ['identities', 'list'],
    ['users', 'list'],
    ['roles', 'list'],
    ['groups', 'list'],
    ['access', 'who', 'console.company.view'],
  ]) {
    const lines = (await ask(args, 80)).stdout.split('\n')
    const widest = Math.max(...lines.map(({ length }) => length))
    expect([args, widest]).toEqual([args, Math.min(widest, 80)])
  }
})

test('who may do something is told with the whole role of the six that they have it by', async () => {
  await member(server, tree, { name: uniqueWord('an owner'), role: 'company-owner' })
  const { stdout } = await ask(['access', 'who', 'console.company.delete'], 80)
  expect(stdout).toContain('company-owner on company\n')
})

test.each([
  [['roles', 'list', '--sort=-name'], 7, 'Reporter'],
  [['roles', 'list', '--search', 'ENGINEER'], 1, 'Release'],
  [['access', 'who', 'console.company.view', '--search', 'deployer'], 1, 'deployer'],
  [['users', 'list', '--search', 'ADA@', '--sort', 'name'], 1, 'ada@people.example'],
])(
  'a list is sorted, and shows only what is searched for: ostiary %j',
  async (args, rows, first) => {
    const { stdout } = await ask([...args, '--json'])
    const found = JSON.parse(stdout)
    expect([found.length, JSON.stringify(found[0])]).toEqual([rows, expect.stringContaining(first)])
  },
)
