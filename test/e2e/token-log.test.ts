import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Answer, basic, startTestServer, type TestServer } from '../support/server.ts'
import { keyClient } from './support/accounts.ts'
import { assertionOf, login } from './support/assertions.ts'
import { expectToken, grant, introspectPath, post, revokePath } from './support/expectations.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

/** The line that the log has of a request. */
function lineOf(answer: Answer): Record<string, unknown> {
  const id = answer.headers.get('x-request-id') ?? 'no request id'
  const lines = server.logged.filter((line) => line.includes(id))
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '')
}

const common = { address: '127.0.0.1', durationMs: expect.any(Number) }

describe('the one log line of a token request', () => {
  test('has the milliseconds and the audiences of a login by secret', async () => {
    const answer = await server.token(server.admin)
    expectToken(answer)
    const { clientId } = server.admin
    const fields = { clientId, method: 'client_secret_basic', audiences: [server.url] }
    expect(lineOf(answer)).toMatchObject({ message: 'login accepted', ...common, ...fields })
  })

  test('has the milliseconds and the kid of a login by assertion', async () => {
    const client = await keyClient(server)
    const answer = await login(server, assertionOf(client, server))
    expectToken(answer)
    const fields = { clientId: client.clientId, method: 'private_key_jwt', kid: client.kid }
    expect(lineOf(answer)).toMatchObject({ message: 'login accepted', ...common, ...fields })
  })

  test('has the milliseconds of a login that the core judged', async () => {
    const answer = await server.token({ ...server.admin, clientSecret: 'wrong' })
    const fields = { message: 'login refused', reason: 'wrong_secret', ...common }
    expect([answer.status, lineOf(answer)]).toMatchObject([401, fields])
  })

  test.each([introspectPath, revokePath])(
    'says that a client asked, and no token was issued, at %s',
    async (path) => {
      const headers = { authorization: basic(server.admin) }
      const answer = await post(server, 'token=x', { path, headers })
      const { clientId } = server.admin
      const fields = { message: 'client accepted', path, clientId, ...common }
      expect([answer.status, lineOf(answer)]).toMatchObject([200, fields])
      expect(lineOf(answer)['audiences']).toBeUndefined()
    },
  )

  test('says where a request came from that has no login to be read', async () => {
    for (const [body, headers, status] of [
      [grant(), {}, 401],
      [grant(), { authorization: 'Basic x' }, 401],
      [grant({ client_secret: 'x' }), {}, 401],
      ['{}', { 'content-type': 'application/json' }, 415],
    ] as const) {
      const answer = await post(server, body, { headers })
      const fields = { message: 'request refused', status, ...common }
      expect([answer.status, lineOf(answer)]).toMatchObject([status, fields])
      expect(lineOf(answer)['clientId']).toBeUndefined()
    }
  })
})
