import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { dispatcher } from '../../src/server/routes.ts'
import { healthReport } from '../../src/telemetry/health.ts'

let server: Server
let url = ''

/** What a server reports that listens and has not read its store yet. */
const report = () =>
  healthReport({
    isStarted: false,
    isDraining: false,
    hasKey: false,
    isClockGood: true,
    takesWrites: true,
    storeSilenceMs: Number.POSITIVE_INFINITY,
    maxStalenessMs: 1000,
  })

beforeAll(async () => {
  server = createServer(dispatcher(() => undefined, report)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  server.close()
  await once(server, 'close')
})

test.each([
  ['POST', '/api/m2m/oauth/token', 'grant_type=client_credentials'],
  ['GET', '/api/companies', undefined],
  ['GET', '/.well-known/jwks.json', undefined],
  ['GET', '/tokeninfo', undefined],
  ['GET', '/nothing', undefined],
])(
  'until it has started, a server answers %s %s in JSON that it is to be tried again',
  async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, { method, ...(body && { body }) })
    const { headers } = answer
    expect([answer.status, headers.get('retry-after')]).toEqual([503, '2'])
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toContain('no-store')
    const said: unknown = JSON.parse(await answer.text())
    expect(said).toMatchObject({ statusCode: 503, message: expect.stringContaining('store') })
    expect(said).toHaveProperty('error')
  },
)

test('until it has started, a server lives and is not ready, for logins or for changes', async () => {
  expect((await fetch(`${url}/-/healthz`)).status).toBe(200)
  for (const query of ['', '?for=changes']) {
    const answer = await fetch(`${url}/-/ready${query}`)
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('"status":"unavailable"'),
    ])
  }
})
