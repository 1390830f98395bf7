import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { member, newTree, type Tree } from '../api/mia/companies.ts'
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

const list = (...flags: readonly string[]) =>
  ostiary(['audit', 'list', '--company', tree.companyId, ...flags], env)

describe('ostiary audit list --company', () => {
  test('shows what happened to a company and below it, and nothing else', async () => {
    await newTree(server)
    const { clientId } = await member(server, tree, { role: 'guest' })
    const { json } = await list('--json')
    const actions = json.map(({ action }: { action: string }) => action)
    expect(actions).toEqual([
      'account.create',
      'environment.create',
      'project.create',
      'company.create',
    ])
    expect(json[0]).toMatchObject({ resourceId: clientId, operation: 'Creation' })
    expect((await list()).stdout).toMatch(/^TIME +ACTION +AUTHOR +TARGET +ID\n/)
  })

  test('goes on from an entry, and narrows to what was done', async () => {
    const [newest] = (await list('--json', '--limit', '1')).json
    expect((await list('--json', '--after', newest.id)).json).toEqual([])
    expect((await list('--operation', 'Deletion')).stdout).toBe('no entries\n')
  })

  test('narrows to an action, to who did it and to what it was done to', async () => {
    const { companyId, clientId } = { ...tree, ...(await member(server, tree, { role: 'guest' })) }
    const of = async (...flags: readonly string[]) => (await list('--json', ...flags)).json
    const [newest] = await of('--action', 'account.create')
    expect(newest).toMatchObject({ resourceId: clientId })
    expect(await of('--resource-type', 'company')).toMatchObject([{ resourceId: companyId }])
    expect(await of('--identity-type', 'user')).toEqual([])
    expect(await of('--identity-type', newest.identityType)).toEqual(await of())
  })

  test('finds no entries by a target, and says so', async () => {
    const { code, stderr } = await list('--target', 'x')
    expect([code, stderr]).toEqual([2, expect.stringContaining('--target')])
  })
})
