import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { secretClient } from './support/accounts.ts'
import { decoded, expectRefusal, expectToken } from './support/expectations.ts'

const orders = 'https://orders.example'

let server: TestServer
let client: Credentials
beforeAll(async () => {
  server = await startTestServer()
  client = await secretClient(server, { audiences: [orders] })
})
afterAll(() => server.close())

test('a token is for all that resource and audience name', async () => {
  const answer = await server.token(client, { resource: server.url, audience: orders })
  expect(decoded(expectToken(answer))['aud']).toEqual([server.url, orders])
})

test('an audience that is not allowed fails the request, whatever the resource is', async () => {
  const form = { resource: server.url, audience: 'https://other.example' }
  expectRefusal(await server.token(client, form), 400, 'invalid_target')
})

test.each(['urn:ostiary:audience:zzz', 'urn:ostiary:audience:WyJhIl0'])(
  'a resource of our own making is nobody else’s to use: %s',
  async (resource) => {
    expectRefusal(await server.token(client, { resource }), 400, 'invalid_target')
  },
)
