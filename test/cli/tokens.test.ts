import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { secretClient } from '../e2e/support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
})

afterAll(() => server.close())

async function tokenOf() {
  const machine = await secretClient(server)
  const own = {
    OSTIARY_URL: server.url,
    OSTIARY_CLIENT_ID: machine.clientId,
    OSTIARY_CLIENT_SECRET: machine.clientSecret,
  }
  const { stdout } = await ostiary(['token'], own)
  return { token: stdout.trim(), own, clientId: machine.clientId }
}

describe('ostiary introspect and revoke', () => {
  test('a token is good until it is revoked, and that is code 1 from then on', async () => {
    const { token, own, clientId } = await tokenOf()
    const before = await ostiary(['introspect', token], env)
    expect([before.code, before.json]).toEqual([
      0,
      expect.objectContaining({ active: true, client_id: clientId }),
    ])
    const revoked = await ostiary(['revoke', '-'], own, `${token}\n`)
    expect([revoked.code, revoked.stderr]).toEqual([0, ''])
    const after = await ostiary(['introspect', '-', '--json'], env, token)
    expect([after.code, after.json]).toEqual([1, { active: false }])
  })

  test('a token of another account is left as it is', async () => {
    const { token } = await tokenOf()
    expect((await ostiary(['revoke', token], env)).code).toBe(0)
    expect((await ostiary(['introspect', token], env)).code).toBe(0)
  })

  test('a login that is refused is told, not taken for a token that is not good', async () => {
    const { stdout, stderr } = await ostiary(['introspect', 'x', '--client-secret', 'wrong'], env)
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('client authentication failed')])
  })
})
