import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import { CallTurns } from '../../src/http/call-turns.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
const loginCame = jest.spyOn(CallTurns.prototype, 'loginCame')

beforeAll(async () => {
  server = await startTestServer({})
})
afterEach(() => void loginCame.mockClear())
afterAll(async () => {
  loginCame.mockRestore()
  await server.close()
})

test.each(['/api/m2m/oauth/token', '/oauth/token'])(
  'management calls are told that somebody logs in at %s',
  async (path) => {
    await server.call(path, { method: 'POST' })
    expect(loginCame).toHaveBeenCalledTimes(1)
  },
)

test('a management call does not count as a login', async () => {
  const token = await server.adminToken()
  loginCame.mockClear()
  await server.call('/api/me', { headers: { authorization: `Bearer ${token}` } })
  expect(loginCame).not.toHaveBeenCalled()
})
