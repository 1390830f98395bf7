import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let clientId = ''

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  clientId = server.admin.clientId
})

afterAll(() => server.close())

const tokens = (...args: string[]) => ostiary(['tokens', ...args], env)
const isGood = async (token: string) =>
  (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status ===
  200

describe('ostiary tokens', () => {
  test('makes a token that is shown once, lists it without its value, and renames it', async () => {
    const made = await tokens('create', clientId, '--name', 'robot')
    expect(made.stdout).toContain('shown this once')
    const token = /^token +(\S+)$/m.exec(made.stdout)?.[1] ?? ''
    expect(await isGood(token)).toBe(true)
    const { json } = await tokens('list', clientId, '--json')
    const [{ id }] = json
    const renamed = await tokens('rename', clientId, id, '--name', 'other')
    expect(renamed.stdout).toBe(`${id} is other\n`)
    const { stdout } = await tokens('list', clientId)
    expect(stdout).toMatch(new RegExp(`^TOKEN .*\\n${id} +other +active`))
    expect(stdout).not.toContain(token)
  })

  test('makes a new value in the place of one, and deletes a token; deleting asks', async () => {
    const { json: made } = await tokens('create', clientId, '--name', 'ending', '--json')
    const { json: next } = await tokens('regenerate', clientId, made.id, '--json')
    expect([await isGood(made.token), await isGood(next.token)]).toEqual([false, true])
    const ask = async () => 'no'
    const asked = await ostiary(['tokens', 'delete', clientId, made.id], env, { ask })
    expect([asked.code, await isGood(next.token)]).toEqual([1, true])
    expect((await tokens('delete', clientId, made.id, '--yes')).code).toBe(0)
    expect(await isGood(next.token)).toBe(false)
  })

  test('refuses a time that is none, naming the option', async () => {
    const made = await tokens('create', clientId, '--name', 'late', '--expires-at', 'tomorrow')
    expect([made.code, made.stderr]).toEqual([1, expect.stringContaining('expiresAt')])
  })
})
