import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { basic, startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { expectToken, grant, introspectPath, revokePath } from '../support/expectations.ts'
import { bytesOf, formType, sendRaw } from '../support/wire.ts'

const discovery = '/.well-known/openid-configuration'
const endpoints = [tokenPath, introspectPath, revokePath, accountsPath, '/api/audit', '/tokeninfo']
const body = String(grant())
const length = `Content-Length: ${body.length}`

let server: TestServer
let login: string
let host: string

beforeAll(async () => {
  server = await startTestServer()
  login = `Authorization: ${basic(server.admin)}`
  host = `Host: ${new URL(server.url).host}`
})
afterAll(async () => await server.close())

/** A token request with these header lines for its length, and what follows the headers as it is. */
const framed = (lines: readonly string[], rest = body) =>
  sendRaw(
    server,
    [
      `POST ${tokenPath} HTTP/1.1`,
      host,
      formType,
      login,
      'Connection: close',
      ...lines,
      '',
      rest,
    ].join('\r\n'),
  )

/** How many answers came back: one that was smuggled would have an answer of its own. */
const answersIn = (raw: string) => raw.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0

const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
const smuggled = `GET /tokeninfo HTTP/1.1\r\n${'Host: x'}\r\n\r\n`

describe('a request whose end is in doubt', () => {
  test('would be answered, were it framed in one way', async () => {
    expectToken(await framed([length]))
    const answer = await framed(['Transfer-Encoding: chunked'], chunked(body))
    expect([answer.status, answersIn(answer.raw)]).toEqual([200, 1])
  })

  test.each<readonly [string, readonly string[], string]>([
    ['a length and chunks', [length, 'Transfer-Encoding: chunked'], chunked(body)],
    ['chunks and a length', ['Transfer-Encoding: chunked', length], chunked(body)],
    [
      'a length of 0 and chunks',
      ['Content-Length: 0', 'Transfer-Encoding: chunked'],
      chunked(body),
    ],
    ['two lengths', [length, 'Content-Length: 0'], body + smuggled],
    ['the same length twice', [length, length], body],
    ['a list of lengths', [`${length}, ${body.length}`], body],
    ['a negative length', ['Content-Length: -1'], body],
    ['a length with a sign', [`Content-Length: +${body.length}`], body],
    ['a length in hexadecimal', ['Content-Length: 0x1d'], body],
    ['a length that is no number', ['Content-Length: x'], body],
    ['a length beyond all numbers', [`Content-Length: ${'9'.repeat(40)}`], body],
    ['space before a colon', [`Content-Length : ${body.length}`], body],
    ['space before the colon of chunks', ['Transfer-Encoding : chunked'], chunked(body)],
    ['an unknown transfer coding', ['Transfer-Encoding: x'], chunked(body)],
    ['chunks that are not last', ['Transfer-Encoding: chunked, gzip'], chunked(body)],
    ['an almost known coding', ['Transfer-Encoding: xchunked'], chunked(body)],
    ['two transfer codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: x'], chunked(body)],
    ['a size of a chunk that is no number', ['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n`],
    ['a negative size of a chunk', ['Transfer-Encoding: chunked'], `-1\r\n${body}\r\n0\r\n\r\n`],
    [
      'a chunk that is longer than it says',
      ['Transfer-Encoding: chunked'],
      `1\r\n${body}\r\n0\r\n`,
    ],
    ['a size beyond all numbers', ['Transfer-Encoding: chunked'], `${'f'.repeat(20)}\r\n${body}`],
    ['a folded header', [length, 'X-Folded: a', ' b: c'], body],
    ['a line without a colon', [length, 'nonsense'], body],
    ['a name with a space', [length, 'X Y: z'], body],
    ['an empty name', [length, ': x'], body],
    ['NUL in a value', [length, 'X-Nul: a\0b'], body],
    ['NUL in a name', [length, 'X\0Y: a'], body],
    ['a control character in a value', [length, 'X-Bell: \x07'], body],
    ['a bare CR in a value', [length, 'X-Cr: a\rX-B: c'], body],
  ])('is refused, and the connection closed: %s', async (_, lines, rest) => {
    const { status, raw } = await framed(lines, rest)
    expect([status, answersIn(raw)]).toEqual([400, 1])
    expect(raw).not.toContain('access_token')
  })

  test('is refused in chunks of what is compressed, which nobody unpacks', async () => {
    const { status, raw } = await framed(['Transfer-Encoding: gzip, chunked'], chunked(body))
    expect([400, 501]).toContain(status)
    expect(raw).not.toContain('access_token')
  })

  test.each([
    ['after every line', (text: string) => text.replaceAll('\r\n', '\n')],
    ['after one line', (text: string) => text.replace('\r\nHost', '\nHost')],
    ['at the end of the headers', (text: string) => text.replace('\r\n\r\n', '\n\n')],
  ])('is refused with a bare LF %s', async (_, spoil) => {
    const request = { target: tokenPath, headers: [formType, login], body }
    const { status, raw } = await sendRaw(server, spoil(bytesOf(server, request)))
    expect([status, answersIn(raw)]).toEqual([400, 1])
  })

  test('hides no second request behind a body that nobody asked for', async () => {
    const headers = [`Content-Length: ${smuggled.length}`]
    const request = { method: 'GET', target: discovery, headers }
    const { status, raw } = await sendRaw(server, `${bytesOf(server, request)}${smuggled}`)
    expect([status, answersIn(raw)]).toEqual([200, 1])
  })

  test.each(['HTTP/3.0', 'HTTP/1.', 'HTTP/x', 'http/1.1', 'HTTQ/1.1', ''])(
    'is refused in the version %j',
    async (version) => {
      const line = `GET ${discovery} ${version}\r\n${host}\r\nConnection: close\r\n\r\n`
      expect([400, 505]).toContain((await sendRaw(server, line)).status)
    },
  )
})

describe('what Node would answer by itself', () => {
  test.each(['something', '200-ok'])('an expectation of %s is passed over', async (expected) => {
    const target = { method: 'GET', target: discovery, headers: [`Expect: ${expected}`] }
    const answer = await sendRaw(server, bytesOf(server, target))
    expect([answer.status, answer.headers.get('X-Request-Id')]).toEqual([200, expect.any(String)])
  })

  test('a tunnel is refused in words, and the server goes on', async () => {
    for (const target of ['example.com:443', discovery]) {
      const answer = await sendRaw(server, bytesOf(server, { method: 'CONNECT', target }))
      expect(answer.body).toEqual({
        statusCode: 400,
        error: 'Bad Request',
        message: 'CONNECT: this server is no proxy; ask for a path by another method',
        code: 'request.malformed',
      })
    }
    expectToken(await framed([length]))
  })

  test('a tunnel is refused after what was asked before it is answered', async () => {
    const first = `GET ${discovery} HTTP/1.1\r\n${host}\r\n\r\n`
    const tunnel = bytesOf(server, { method: 'CONNECT', target: 'example.com:443' })
    const { raw } = await sendRaw(server, first + tunnel)
    expect(raw.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
  })
})

describe('every endpoint', () => {
  const paths = [...endpoints, discovery]
  const method = (path: string) => (path.includes('oauth/') ? 'POST' : 'GET')
  const bare = (path: string, headers: readonly string[]) => {
    const form = method(path) === 'POST' ? [formType, length] : []
    const request = { method: method(path), target: path, bare: true }
    const bytes = bytesOf(server, { ...request, headers: [...headers, ...form] })
    return sendRaw(server, form.length > 0 ? bytes + body : bytes)
  }

  test.each(paths)('refuses a Host that is not ours, or that is no host: %s', async (path) => {
    const { port } = new URL(server.url)
    const hosts = [
      ...['evil.example', `127.0.0.1:${port}@evil.example`, `evil.example@127.0.0.1:${port}`],
      ...['', '127.0.0.1', `127.0.0.1:${port}:${port}`, `127.0.0.1:0${port}`, `2130706433:${port}`],
      ...[`127.0.0.1 :${port}`, `127.0.0.1:${port}/x`, `127.0.0.1:${port}, evil.example`],
    ]
    for (const value of hosts) {
      const answer = await bare(path, [`Host: ${value}`, login])
      expect([value, answer.status]).toEqual([value, answer.status === 400 ? 400 : 421])
      // It is named to whoever sent it, in the body; no header and no link carries it.
      expect(answer.raw.split('\r\n\r\n')[0]).not.toContain('evil')
    }
  })

  test.each(paths)('refuses two Hosts, two logins, and no Host: %s', async (path) => {
    const twice = [
      [host, 'Host: evil.example'],
      ['Host: evil.example', host],
      [host, host],
      [host, login, 'Authorization: Bearer x'],
      [host, login, login],
      [],
    ]
    for (const lines of twice) expect((await bare(path, lines)).status).toBe(400)
  })

  test('is sniffed by no browser, not even in what refuses a Host or a target', async () => {
    for (const path of [...paths, '/-/healthz', '/-/ready', '/nothing']) {
      for (const lines of [[host], ['Host: evil.example'], [host, login, login]]) {
        const { headers } = await bare(path, lines)
        expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff'])
      }
    }
  })

  test.each(['/-/healthz', '/-/ready'])('takes any Host, but one: %s', async (path) => {
    for (const name of [host, 'Host: 10.0.0.1']) {
      expect((await bare(path, [name])).status).toBe(200)
      expect((await bare(path, [host, name])).status).toBe(400)
    }
  })

  test.each(endpoints)('refuses every Authorization that is no login: %s', async (path) => {
    const values = [
      ...['', ' ', 'Bearer', 'Bearer ', 'Basic', 'Basic ', 'Basic =', 'Basic Og==', ':', ','],
      ...['Bearer a b', 'Bearer ,', 'Bearer \xe9', 'Basic \xe9', 'Digest x="y"', 'Negotiate'],
      ...['Bearer token="x"', 'DPoP x', 'Bearer\tx', '\tBearer x', 'Basic Zm9v', '__proto__ x'],
      ...[`Bearer ${' '.repeat(10_000)}`, `Bearer ${'x'.repeat(14_000)}`, 'Basic '.repeat(1000)],
    ]
    for (const value of values) {
      const answer = await bare(path, [host, `Authorization: ${value}`, 'Client-Key: miactl'])
      expect([400, 401]).toContain(answer.status)
      if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/realm="/)
    }
  })

  test.each(paths)('refuses headers beyond 16 KiB: %s', async (path) => {
    for (const line of [`X-Long: ${'x'.repeat(17_000)}`, `${'x'.repeat(17_000)}: a`]) {
      expect((await bare(path, [host, line])).status).toBe(431)
    }
    const many = Array.from({ length: 2000 }, (_, index) => `X-${index}: abcdef`)
    expect((await bare(path, [host, ...many])).status).toBe(431)
  })

  test.each([
    ['a second Host', () => 'Host: evil.example'],
    ['a second login', () => 'Authorization: Bearer x'],
    ['nothing that matters', () => 'X-Last: a'],
  ])('reads no part of a request with more than a hundred headers: %s', async (_, last) => {
    const many = Array.from({ length: 150 }, (_none, index) => `X-${index}: a`)
    const headers = [formType, login, ...many, last()]
    const answer = await sendRaw(server, bytesOf(server, { target: tokenPath, headers, body }))
    expect(answer.status).toBe(431)
  })

  test.each(paths)('names no origin that may read it: %s', async (path) => {
    for (const origin of ['https://evil.example', 'null', server.url, '*']) {
      const asked = [`Origin: ${origin}`, 'Access-Control-Request-Method: POST']
      for (const lines of [asked, [login, ...asked], [login, asked[0] ?? '']].map((l) => [
        host,
        ...l,
      ])) {
        expect((await bare(path, lines)).raw).not.toMatch(/access-control-|timing-allow-origin/i)
        const request = { method: 'OPTIONS', target: path, headers: asked }
        const preflight = await sendRaw(server, bytesOf(server, request))
        expect(preflight.raw).not.toMatch(/access-control-/i)
      }
    }
  })

  test.each(['/tokeninfo', accountsPath, '/api/audit'])(
    'guards what it shows: %s',
    async (path) => {
      const ok = await server.manage('GET', path)
      const refused = await server.call(path)
      expect([ok.status, refused.status]).toEqual([200, 401])
      for (const { headers } of [ok, refused]) {
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('x-frame-options')).toMatch(/^(DENY|SAMEORIGIN)$/)
        expect(headers.get('referrer-policy')).toBe('no-referrer')
        expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
        expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
        expect(headers.get('content-security-policy')).toBe(
          "default-src 'none';frame-ancestors 'none';base-uri 'none'",
        )
        expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null])
      }
    },
  )
})
