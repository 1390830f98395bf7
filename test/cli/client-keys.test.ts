import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
})

afterAll(() => server.close())

const keys = (...args: string[]) => ostiary(['client-keys', ...args], env)

async function opens(clientKey: string): Promise<number> {
  const { code } = await ostiary(['accounts', 'list'], { ...env, OSTIARY_CLIENT_KEY: clientKey })
  return code
}

describe('ostiary client-keys', () => {
  test('makes a key that opens, lists it without its value, and renames it', async () => {
    const { json: made } = await keys('create', '--name', 'console', '--json')
    expect(await opens(made.clientKey)).toBe(0)
    const renamed = await keys('rename', made.id, '--name', '控制台')
    expect(renamed.stdout).toBe(`${made.id} is 控制台, enabled\n`)
    const { stdout } = await keys('list')
    expect(stdout).toMatch(new RegExp(`^CLIENT KEY .*\\n(.*\\n)*${made.id} +控制台 +enabled`))
    expect(stdout).not.toContain(made.clientKey)
  })

  test('fit into 80 columns in a list, with their ids whole', async () => {
    const name = 'the console of everybody'
    const ends = ['--expires-at', '2030-01-01T00:00:00Z']
    const { json: made } = await keys('create', '--name', name, ...ends, '--json')
    const { stdout } = await ostiary(['client-keys', 'list'], env, { columns: 80 })
    expect(stdout).toContain(`\n${made.id} `)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('says once, for a person, that the key is shown once', async () => {
    const { stdout } = await keys(
      'create',
      '--name',
      'shown',
      '--expires-at',
      '2030-01-01T00:00:00Z',
    )
    expect(stdout).toMatch(/^client key {2}ost_ck_\S+\n/m)
    expect(stdout).toContain('shown this once')
  })

  test('disables, enables and deletes a key; deleting asks on a terminal', async () => {
    const { json: made } = await keys('create', '--name', 'ending', '--json')
    const turn = async (...args: string[]) => [
      (await keys(...args)).code,
      await opens(made.clientKey),
    ]
    expect(await turn('disable', made.id)).toEqual([0, 1])
    expect(await turn('enable', made.id)).toEqual([0, 0])
    const asked = await ostiary(['client-keys', 'delete', made.id], env, { ask: async () => 'no' })
    expect([asked.code, await opens(made.clientKey)]).toEqual([1, 0])
    expect(await turn('delete', made.id, '--yes')).toEqual([0, 1])
  })
})
