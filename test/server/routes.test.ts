import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { dialectsByPath } from '../../src/server/dialect.ts'
import { sendRaw } from '../e2e/support/wire.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

test('a path belongs to the dialect whose prefix says the most of it', () => {
  const all = { prefixes: ['/'] }
  const exact = { prefixes: ['/api/token'] }
  const below = { prefixes: ['/api/v1/projects', '/api/v1/projects/'] }
  const of = dialectsByPath([all, exact, below])
  expect(of('/')).toBe(all)
  expect(of('/api/token')).toBe(exact)
  expect(of('/api/token/')).toBe(all)
  expect(of('/api/v1/projects')).toBe(below)
  expect(of('/api/v1/projects/x/tokens')).toBe(below)
  expect(of('/api/v1/projectsx')).toBe(all)
})

test.each([
  ['a Host that is not ours', 'GET /tokeninfo', ['Host: evil.example'], 421, 'host.misdirected'],
  ['a target that is no path', 'GET /a^b', [], 400, 'request.malformed'],
  [
    'a token request for another Host',
    'POST /api/m2m/oauth/token',
    ['Host: x'],
    421,
    'host.misdirected',
  ],
] as const)(
  '%s is refused, and the log says where from',
  async (_, start, headers, status, code) => {
    const id = `request-${start.length}-${headers.length}-${status}`
    const host = headers.length === 0 ? [`Host: ${new URL(server.url).host}`] : headers
    const lines = [`${start} HTTP/1.1`, ...host, `X-Request-Id: ${id}`, 'Connection: close']
    const answer = await sendRaw(server, `${lines.join('\r\n')}\r\n\r\n`)
    expect(answer.status).toBe(status)
    const line = server.logged.find((text) => text.includes(id)) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      message: 'request refused',
      requestId: id,
      address: '127.0.0.1',
      status,
      code,
    })
  },
)
