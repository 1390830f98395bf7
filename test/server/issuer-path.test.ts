import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decoded } from '../e2e/support/expectations.ts'
import { basic, startTestServer, type TestServer, tokenPath } from '../support/server.ts'

const issuer = 'https://shared.example/auth/ostiary'
const base = '/auth/ostiary'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { OSTIARY_ISSUER: issuer } })
})
afterAll(async () => await server.close())

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Calls as a proxy does that shares the host, and passes Host and path on. */
function call(path: string, { method = 'GET', headers = {}, body = '' }: Asked = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  return new Promise<{ status: number; headers: NodeJS.Dict<unknown>; body: any }>(
    (resolve, reject) => {
      const url = new URL(server.url)
      const host = new URL(issuer).host
      const to = { port: url.port, host: url.hostname, method, path }
      const asked = request({ ...to, headers: { ...headers, host } }, async (answer) => {
        let text = ''
        for await (const chunk of answer) text += chunk
        const json: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: json })
      })
      asked.on('error', reject)
      asked.end(body)
    },
  )
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const grant = (path: string, more = '') =>
  call(path, {
    method: 'POST',
    headers: { ...form, authorization: basic(server.admin) },
    body: `grant_type=client_credentials${more}`,
  })

describe('an issuer with a path', () => {
  test.each([
    `/.well-known/oauth-authorization-server${base}`,
    `/.well-known/openid-configuration${base}`,
    `${base}/.well-known/openid-configuration`,
    `${base}/.well-known/oauth-authorization-server`,
  ])('is described where RFC 8414 and OpenID look for it: %s', async (path) => {
    const { status, body } = await call(path)
    expect([status, body.issuer]).toEqual([200, issuer])
    expect(body.token_endpoint).toBe(`${issuer}${tokenPath}`)
    expect((await call(new URL(body.jwks_uri).pathname)).status).toBe(200)
  })

  test('issues its tokens below the path, by every name of the endpoint', async () => {
    for (const path of [tokenPath, '/oauth/token', `/api${tokenPath}`]) {
      // With a parameter that is unknown it is the core that answers.
      for (const { status, body } of [
        await grant(`${base}${path}`),
        await grant(`${base}${path}`, '&x=y'),
      ]) {
        expect([status, decoded(body.access_token)['iss']]).toEqual([200, issuer])
      }
    }
  })

  test('manages below the path, and links to there', async () => {
    const token: string = (await grant(`${base}${tokenPath}`)).body.access_token
    const headers = { authorization: `Bearer ${token}`, 'client-key': server.admin.clientKey }
    const { status, headers: sent } = await call(`${base}/api/service-accounts?per_page=1`, {
      headers,
    })
    expect(status).toBe(200)
    expect(String(sent['link'])).toContain(`<${base}/api/service-accounts?`)
    expect((await call(`${base}/tokeninfo`, { headers })).status).toBe(200)
  })

  test.each([
    tokenPath,
    '/tokeninfo',
    '/api/audit',
    '/.well-known/jwks.json',
    `${base}x/tokeninfo`,
    '/',
    base,
  ])('has nothing outside of it: %s', async (path) => {
    const { status } = await call(path)
    expect(status).toBe(404)
  })

  test('leaves probes where they were', async () => {
    for (const path of ['/-/healthz', '/-/ready', `${base}/-/healthz`]) {
      expect((await call(path)).status).toBe(200)
    }
  })
})

test('a browser finds the pages below the path, and their links lead below it too', async () => {
  const headers = { accept: 'text/html' }
  const home = await call(`${base}/`, { headers })
  expect([home.status, home.body]).toEqual([200, expect.stringContaining(`href="${base}/docs"`)])
  const docs = await call(`${base}/docs`, { headers })
  expect([docs.status, docs.body]).toEqual([
    200,
    expect.stringContaining(`href="${base}/api/openapi.json"`),
  ])
  expect((await call('/', { headers })).status).toBe(404)
})
