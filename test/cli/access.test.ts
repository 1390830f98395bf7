import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { member, newTree, type Tree, uniqueWord } from '../api/mia/companies.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let tree: Tree
let subject: string
const name = uniqueWord('deployer')

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  tree = await newTree(server)
  const { projectId, envId } = tree
  const environmentsRole = [{ envId, role: 'maintainer' }]
  const given = { name, projectsRole: [{ projectId, environmentsRole }] }
  subject = (await member(server, tree, given)).clientId
})
afterAll(() => server.close())

const deploy = 'console.environment.deploy.trigger'
const onProject = () => ['--company', tree.companyId, '--project', 'payments']
const onEnvironment = () => [...onProject(), '--environment', 'development']
const ask = (verb: string, permission: string, ...args: readonly string[]) =>
  ostiary(['access', verb, permission, ...args], env)

describe('ostiary access check', () => {
  test('ends with 0 where somebody may, and with 1 where they may not', async () => {
    const may = await ask('check', deploy, '--subject', subject, ...onEnvironment())
    expect([may.code, may.stdout]).toEqual([0, 'allowed\n'])
    const view = 'console.project.view'
    const not = await ask('check', view, '--subject', subject, ...onProject(), '--json')
    expect([not.code, not.json]).toEqual([1, { allowed: false }])
  })

  test('is of who asks, about the whole installation, unless it names another', async () => {
    expect((await ask('check', 'console.root.view')).code).toBe(0)
  })

  test.each(['check', 'explain', 'who'])(
    'takes a permission that there is not for a wrong line, and not for a no: %s',
    async (verb) => {
      const { code, stdout, stderr } = await ask(verb, 'console.root.vieww')
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('console.root.view')
      expect(stderr).not.toContain('commas')
    },
  )

  test('wants the project of an environment', async () => {
    const { code, stderr } = await ask('check', deploy, '--environment', 'development')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--project')])
  })
})

describe('ostiary access explain', () => {
  test('names the role that grants it', async () => {
    const { code, stdout } = await ask('explain', deploy, '--subject', subject, ...onEnvironment())
    const { projectId, envId } = tree
    const place = `environment ${projectId}:${envId}`
    expect([code, stdout]).toEqual([
      0,
      `allowed  yes\nby       the role maintainer on the ${place}\n`,
    ])
  })

  test('names what was looked for in vain, and what would be enough', async () => {
    const view = 'console.project.view'
    const { code, stdout } = await ask('explain', view, '--subject', subject, ...onProject())
    expect(code).toBe(1)
    const place = `project ${tree.projectId}`
    expect(stdout).toContain(`would do  the role guest on the ${place}\n`)
    expect(stdout).toContain(`\n  ${view} on the ${place}\n`)
  })
})

describe('ostiary access who', () => {
  test('lists everybody who may, and by what', async () => {
    const { json } = await ask('who', deploy, ...onEnvironment(), '--json')
    const ids = json.map(({ identityId }: { identityId: string }) => identityId)
    expect(ids).toContain(subject)
    const { stdout } = await ask('who', deploy, ...onEnvironment())
    expect(stdout).toMatch(/^ID +NAME +TYPE +BY\n/)
    expect(stdout).toContain(`${name}  serviceaccount  maintainer on environment\n`)
  })
})
