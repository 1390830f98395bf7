import { once } from 'node:events'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

const id = 'request-of-an-alias'

async function ask(path: string, authorization = basic(server.admin)) {
  return await server.call(path, {
    method: 'POST',
    headers: { authorization, 'x-request-id': id },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
}

/** For headers that fetch does not let one set. */
async function statusOf(options: RequestOptions): Promise<number | undefined> {
  const asked = request({ host: '127.0.0.1', method: 'POST', ...options })
  asked.end()
  const [answer]: IncomingMessage[] = await once(asked, 'response')
  answer?.resume()
  return answer?.statusCode
}

describe.each(['/oauth/token', '/api/api/m2m/oauth/token'])('the alias %s', (path) => {
  test('issues a token under the id of its request', async () => {
    const answer = await ask(path)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ token_type: 'Bearer' })
    expect(answer.headers.get('x-request-id')).toBe(id)
    expect(server.logged.join('')).toContain(id)
  })

  test('refuses a login as the path does that it stands for', async () => {
    const refused = await ask(path, basic({ ...server.admin, clientSecret: 'wrong' }))
    const same = await ask('/api/m2m/oauth/token', basic({ clientId: 'x', clientSecret: 'wrong' }))
    expect([refused.status, refused.body]).toEqual([401, same.body])
    expect(refused.body.error).toBe('invalid_client')
  })

  test('has no other method either, and is logged as the path that was meant', async () => {
    const before = server.logged.length
    const answer = await server.call(path, { method: 'DELETE' })
    expect([answer.status, answer.body.error]).toEqual([405, 'invalid_request'])
    expect(server.logged.slice(before).join('')).toContain('"path":"/api/m2m/oauth/token"')
  })

  test('refuses a foreign Host as an OAuth endpoint does', async () => {
    const before = server.logged.length
    const { port } = new URL(server.url)
    const status = await statusOf({ port, path, headers: { host: 'evil.example' } })
    expect(status).toBe(421)
    expect(server.logged.slice(before).join('')).toContain('"path":"/api/m2m/oauth/token"')
  })
})

test('a doubled /api reaches the management API, which links to the single one', async () => {
  const answer = await server.manage('GET', '/api/api/service-accounts?per_page=1')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('link')).toContain('</api/service-accounts?')
})

test.each(['/api/api/nothing', '/api/tenants/c/clusters/x', '/api/backend/projects/p/nothing'])(
  'what is not there is told by the path that was asked for: %s',
  async (path) => {
    const { status, body } = await server.manage('GET', `${path}?a=b`)
    expect([status, body.message]).toEqual([404, expect.stringContaining(`GET ${path}`)])
    expect(body.message).not.toContain('a=b')
  },
)

test('an alias of one endpoint opens no other', async () => {
  for (const path of ['/oauth/introspect', '/oauth/revoke', '/oauth/token/']) {
    const answer = await ask(path)
    expect([path, answer.status]).toEqual([path, 404])
  }
})

test('refused logins by an alias count for all paths of the endpoint', async () => {
  const limited = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '2' } })
  try {
    const wrong = basic({ ...limited.admin, clientSecret: 'wrong' })
    const statuses: number[] = []
    for (const path of ['/oauth/token', '/api/api/m2m/oauth/token', '/api/m2m/oauth/token']) {
      const headers = { authorization: wrong }
      const body = new URLSearchParams({ grant_type: 'client_credentials' })
      statuses.push((await limited.call(path, { method: 'POST', headers, body })).status)
    }
    expect(statuses).toEqual([401, 401, 429])
  } finally {
    await limited.close()
  }
})
