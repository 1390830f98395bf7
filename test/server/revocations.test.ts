import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { secretClient } from '../e2e/support/accounts.ts'
import { post, revokePath } from '../e2e/support/expectations.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

const entries = async () => {
  const answer = await server.manage('GET', '/api/audit?per_page=1')
  return Number(answer.headers.get('x-total-count'))
}

test('a client without rights writes at most 100 entries a minute by ending its own tokens', async () => {
  const client = await secretClient(server)
  const headers = { authorization: basic(client) }
  const revoke = async (given: string) => {
    const token = given || (await server.token(client)).body.access_token
    return await post(server, `token=${token}`, { path: revokePath, headers })
  }
  const before = await entries()
  const kept = (await server.token(client)).body.access_token
  const done = await Promise.all(Array.from({ length: 100 }, () => revoke('')))
  expect(new Set(done.map(({ status }) => status))).toEqual(new Set([200]))
  const late = await revoke(kept)
  expect(late).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } })
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await entries()).toBe(before + 100)
  expect((await revoke('unknown')).status).toBe(200)
  server.clock.offset += 60_000
  expect((await revoke(kept)).status).toBe(200)
})
