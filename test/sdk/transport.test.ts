import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from '@jest/globals'
import { adminClient, clientSecretBasic, discover, tokenSource } from '../../src/sdk/index.ts'
import { failureOf, fakeServer, issuer, json, metadataOf } from './fake-server.ts'

const authentication = clientSecretBasic('client', 'ost_sk_secret')
const wellKnown = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server on a socket, for what fetch itself does. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = Object(server.address())
  return `http://127.0.0.1:${port}`
}

describe('a request', () => {
  test.each([
    ['http://auth.example', 'insecure_url'],
    ['http://127.0.0.1.example', 'insecure_url'],
    ['ftp://127.0.0.1', 'insecure_url'],
    ['https://user:hunter2@auth.example', 'insecure_url'],
    ['auth.example', 'insecure_url'],
    ['http://localhost:1', 'unexpected_answer'],
    ['http://127.9.9.9:1', 'unexpected_answer'],
    ['http://[::1]:1', 'unexpected_answer'],
  ])('to %s fails with %s', async (url, code) => {
    const { fetch, seen } = fakeServer({})
    const failed = await failureOf(tokenSource({ issuer: url, authentication, fetch })())
    expect(failed.code).toBe(code)
    expect(failed.message).not.toContain('hunter2')
    expect(seen.length > 0).toBe(code !== 'insecure_url')
  })

  test('goes by plain http to another machine where that is allowed', async () => {
    const name = 'http://auth.internal'
    const { fetch } = fakeServer({}, name)
    expect((await discover(name, { fetch, allowInsecureHttp: true })).issuer).toBe(name)
  })

  test('sends no secret to a plain http endpoint that the metadata names', async () => {
    const { fetch, seen } = fakeServer({
      [`${issuer}${wellKnown}`]: () =>
        json(metadataOf(issuer, { token_endpoint: 'http://auth.example/token' })),
    })
    const failed = await failureOf(tokenSource({ issuer, authentication, fetch })())
    expect([failed.code, seen.length]).toEqual(['insecure_url', 1])
  })

  test.each([301, 302, 307, 308])('is not sent on when the answer is %d', async (status) => {
    let elsewhere = 0
    const other = await listening((_, response) => {
      elsewhere += 1
      response.end('{}')
    })
    const url = await listening((request, response) => {
      response.writeHead(status, { location: `${other}${request.url}?token=abc` }).end()
    })
    const failed = await failureOf(tokenSource({ issuer: url, authentication })())
    expect(failed).toMatchObject({ code: 'redirected', status, location: `${other}${wellKnown}` })
    expect(failed.message).toContain(`${status}`)
    expect(failed.message).toContain(other)
    expect(failed.message).not.toContain('abc')
    expect(elsewhere).toBe(0)
  })

  test('is told as moved where a browser hides where to', async () => {
    const hidden = new Response(null)
    Object.defineProperties(hidden, { type: { value: 'opaqueredirect' }, status: { value: 0 } })
    const { fetch } = fakeServer({ [`${issuer}${wellKnown}`]: () => hidden })
    expect((await failureOf(discover(issuer, { fetch }))).code).toBe('redirected')
  })

  test.each([
    [
      'with the words of the server',
      JSON.stringify({ code: 'host.misdirected', message: 'no' }),
      'no',
    ],
    ['from what stands before it', '<html>', 'auth.example'],
  ])('to a host that is not served is told as such, %s', async (_, body, said) => {
    const { fetch } = fakeServer({
      [`${issuer}${wellKnown}`]: () => new Response(body, { status: 421 }),
    })
    const failed = await failureOf(tokenSource({ issuer, authentication, fetch })())
    expect(failed).toMatchObject({ code: 'host.misdirected', status: 421 })
    expect(failed.message).toContain(said)
  })

  test('is given up after its time, whatever the server does', async () => {
    const url = await listening((_, response) => {
      response.writeHead(200).write('{')
    })
    const failed = await failureOf(discover(url, { timeoutMs: 50 }))
    expect(failed).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('within'),
    })
    const deaf = () => new Promise<never>(() => {})
    expect((await failureOf(discover(url, { timeoutMs: 50, fetch: deaf }))).code).toBe(
      'unreachable',
    )
  })

  test('is given up when its answer is larger than any of the server', async () => {
    const chunk = new Uint8Array(1024 * 1024)
    let pulled = 0
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            pulled += 1
            controller.enqueue(chunk)
          },
        }),
      )
    const { fetch } = fakeServer({ [`${issuer}/token`]: endless })
    const token = tokenSource({ issuer, authentication, fetch })
    expect((await failureOf(token())).code).toBe('unexpected_answer')
    expect(pulled).toBeLessThan(40)
  })

  test('fails with words that hold no secret, even where the answer echoes one', async () => {
    const echo = `Basic ${btoa('client:ost_sk_secret')} ost_sk_secret eyJhbGciOiJIUzI1NiJ9.e30.c2ln\u001b[31m`
    const body = JSON.stringify({ error: 'invalid_client', error_description: echo })
    for (const text of [body, echo]) {
      const { fetch } = fakeServer({
        [`${issuer}/token`]: () => new Response(text, { status: 401 }),
      })
      const failed = await failureOf(tokenSource({ issuer, authentication, fetch })())
      expect(`${failed.message} ${failed.cause}`).not.toMatch(/ost_sk|eyJ|Y2xpZW50|\p{Cc}/u)
    }
  })

  test('fails without a word of a client key that no header may hold', async () => {
    const { fetch } = fakeServer({})
    const token = async () => ({ value: 'token', expiresAt: 0 })
    const admin = adminClient({ url: issuer, token, clientKey: 'hunter2\u0000', fetch })
    const failed = await failureOf(admin.accounts())
    expect([failed.code, String(failed.cause)]).toEqual(['invalid_credential', 'undefined'])
    expect(failed.message).not.toContain('hunter2')
  })
})

describe('discovery', () => {
  test('inserts the well-known part before the path of an issuer', async () => {
    const name = 'https://shared.example/auth'
    const { fetch, seen } = fakeServer({
      [`https://shared.example${wellKnown}/auth`]: () => json(metadataOf(name)),
    })
    expect(await discover(name, { fetch })).toMatchObject({
      issuer: name,
      tokenEndpoint: `${name}/token`,
      jwksUri: `${name}/jwks`,
    })
    expect(seen.length).toBe(1)
  })

  test.each([
    ['there is none', () => json({}, { status: 404 })],
    ['a page of something else is there', () => new Response('<html>')],
  ])('takes the form of OpenID where %s', async (_, absent) => {
    const name = 'https://shared.example/auth'
    const { fetch } = fakeServer({
      [`https://shared.example${wellKnown}/auth`]: absent,
      [`${name}${openid}`]: () => json(metadataOf(name)),
    })
    expect((await discover(name, { fetch })).issuer).toBe(name)
  })

  test('takes the usual places where a proxy lets no metadata through', async () => {
    const name = 'https://proxied.example/auth'
    const { fetch } = fakeServer({ [`${name}${openid}`]: () => json({ hello: 'world' }) }, name)
    expect(await discover(`${name}/`, { fetch })).toEqual({
      issuer: name,
      tokenEndpoint: `${name}/api/m2m/oauth/token`,
      jwksUri: `${name}/.well-known/jwks.json`,
      introspectionEndpoint: `${name}/api/m2m/oauth/introspect`,
      revocationEndpoint: `${name}/api/m2m/oauth/revoke`,
    })
  })

  test('refuses a server that calls itself by the name of another', async () => {
    const { fetch } = fakeServer({
      [`${issuer}${wellKnown}`]: () => json(metadataOf('https://victim.example')),
    })
    const failed = await failureOf(discover(issuer, { fetch }))
    expect(failed.code).toBe('issuer_mismatch')
    expect(failed.message).toContain('https://victim.example')
  })

  test.each(['https://AUTH.example', 'https://auth.example/', 'https://auth.example:443'])(
    'answers the issuer as the server names it when %s was typed',
    async (typed) => {
      expect((await discover(typed, fakeServer({}))).issuer).toBe(issuer)
    },
  )
})
