import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { formType, sendRaw } from '../e2e/support/wire.ts'
import { eventually } from '../support/eventually.ts'
import { basic, startTestServer, type TestServer, tokenPath } from '../support/server.ts'

let server: TestServer
let host: string
beforeAll(async () => {
  server = await startTestServer()
  host = new URL(server.url).host
})
afterAll(async () => await server.close())

const send = (...lines: string[]) => sendRaw(server, `${lines.join('\r\n')}\r\n\r\n`)
const close = 'Connection: close'

test.each(['/-/healthz', '/-/ready'])(
  'health is read, and takes no other method: %s',
  async (path) => {
    for (const method of ['GET', 'HEAD'])
      expect((await server.call(path, { method })).status).toBe(200)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers, body } = await server.call(path, { method })
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
      expect(body.code).toBe('method.not_allowed')
    }
  },
)

describe('a target in absolute form (RFC 9112 §3.2.2)', () => {
  const login = () => [`Authorization: ${basic(server.admin)}`, formType]
  const body = 'grant_type=client_credentials'

  test.each(['http', 'https', 'HTTP'])(
    'of our own host is the path that it names: %s',
    async (scheme) => {
      for (const path of ['/.well-known/jwks.json', '/.well-known/jwks.json?x=1', '/-/healthz']) {
        const answer = await send(`GET ${scheme}://${host}${path} HTTP/1.1`, `Host: ${host}`, close)
        expect([path, answer.status]).toEqual([path, 200])
      }
      const lines = [`POST ${scheme}://${host}${tokenPath} HTTP/1.1`, `Host: ${host}`, ...login()]
      const bytes = [...lines, `Content-Length: ${body.length}`, close, '', body].join('\r\n')
      expect((await sendRaw(server, bytes)).body).toMatchObject({ token_type: 'Bearer' })
    },
  )

  test('counts before the Host header', async () => {
    const path = '/.well-known/jwks.json'
    const ours = await send(`GET http://${host}${path} HTTP/1.1`, 'Host: other.example', close)
    expect(ours.status).toBe(200)
    for (const foreign of [
      'other.example',
      `user@${host}`,
      `${host}:1`,
      '',
      `${host}.other.example`,
    ]) {
      const answer = await send(`GET http://${foreign}${path} HTTP/1.1`, `Host: ${host}`, close)
      expect([foreign, answer.status]).toEqual([foreign, 421])
    }
  })

  test.each(['ftp://HOST/tokeninfo', 'HOST:443', '*', 'javascript:x', '//HOST/tokeninfo'])(
    'is refused when it is of another kind: %s',
    async (target) => {
      const start = `GET ${target.replace('HOST', host)} HTTP/1.1`
      const answer = await send(start, `Host: ${host}`, close)
      expect([400, 404]).toContain(answer.status)
    },
  )
})

describe('a request for a host that is not ours', () => {
  test('is told which came, which are expected, and the setting that accepts others', async () => {
    for (const start of ['GET /tokeninfo', `POST ${tokenPath}`]) {
      const answer = await send(`${start} HTTP/1.1`, 'Host: wrong.example:8443', close)
      expect(answer.status).toBe(421)
      for (const said of ['wrong.example:8443', host, 'http.allowedHosts']) {
        expect(answer.body.message).toContain(said)
      }
    }
  })

  test('is warned of in the log, once a minute', async () => {
    const quiet = await startTestServer()
    const warnings = () =>
      quiet.logged
        .filter((line) => line.includes('for a host that is not ours'))
        .map((line) => JSON.parse(line))
    const wrong = () =>
      sendRaw(quiet, `GET /tokeninfo HTTP/1.1\r\nHost: wrong.example\r\n${close}\r\n\r\n`)
    for (let n = 0; n < 5; n += 1) await wrong()
    expect(warnings()).toMatchObject([{ host: 'wrong.example', times: 1 }])
    expect(warnings()[0].expected).toContain(new URL(quiet.url).host)
    expect(warnings()[0].setting).toContain('OSTIARY_HTTP_ALLOWED_HOSTS')
    quiet.clock.offset += 60_001
    await wrong()
    expect(warnings()).toMatchObject([{ times: 1 }, { times: 5 }])
    await quiet.close()
  })
})

describe('a request that is no HTTP', () => {
  const secret = 'Basic b3N0X2NpX3g6b3N0X3NrX3g'
  const broken: readonly (readonly [string, readonly string[], number, string])[] = [
    [
      'base64 with a line break',
      [`Authorization: ${secret}\n${'A'.repeat(20)}==`],
      400,
      'base64 -w 0',
    ],
    [
      'base64 with a line break of two characters',
      [`Authorization: ${secret}\r\nAAAA==`],
      400,
      'line break',
    ],
    ['a control character', ['X-Bell: \x07'], 400, 'control character'],
    ['headers that are too large', [`X-Large: ${'a'.repeat(20_000)}`], 431, '16384 bytes'],
    ['headers that are too many', Array(200).fill('X-Short: 1'), 431, 'more than 100'],
    ['a length that is none', ['Content-Length: x'], 400, 'not valid HTTP'],
    [
      'a length and chunks',
      ['Content-Length: 1', 'Transfer-Encoding: chunked'],
      400,
      'not valid HTTP',
    ],
  ]
  test.each(broken)(
    'is told so in JSON, without what it held: %s',
    async (_, lines, status, said) => {
      const answer = await send(`GET /tokeninfo HTTP/1.1`, `Host: ${host}`, ...lines, close)
      expect([answer.status, answer.body?.code]).toEqual([status, 'request.malformed'])
      expect(answer.body.message).toContain(said)
      expect(answer.body.statusCode).toBe(status)
      expect(answer.headers.get('content-type')).toContain('application/json')
      expect(answer.raw).not.toContain('b3N0')
    },
  )

  test('without a Host is told that it is missing', async () => {
    const answer = await send('GET /tokeninfo HTTP/1.1', close)
    expect([answer.status, answer.body?.code]).toEqual([400, 'request.malformed'])
    expect(answer.body.message).toContain('host: is missing')
  })

  test('is in the log, with its address and not with what it held, once a minute', async () => {
    const quiet = await startTestServer()
    const bad = `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ${secret}\nAAAA\r\n\r\n`
    for (let n = 0; n < 3; n += 1) await sendRaw(quiet, bad)
    const lines = () => quiet.logged.filter((line) => line.includes('no HTTP'))
    await eventually(
      async () => lines().length,
      (length) => length > 0,
    )
    expect(lines().map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', status: 400, address: '127.0.0.1', times: 1 },
    ])
    expect(quiet.logged.join('')).not.toContain('b3N0')
    await quiet.close()
  })

  test('is told so when it does not arrive in time', async () => {
    const hasty = await startTestServer({ env: { OSTIARY_HTTP_HEADERS_TIMEOUT_SECONDS: '1' } })
    const answer = await sendRaw(hasty, 'GET /tokeninfo HTTP/1.1\r\nHost: x\r\n')
    expect([answer.status, answer.body?.code]).toEqual([408, 'request.malformed'])
    expect(answer.body.message).toContain('http.headersTimeoutSeconds')
    await hasty.close()
  })
})
