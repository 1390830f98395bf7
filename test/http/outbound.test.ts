import { once } from 'node:events'
import { createServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { get } from '../../src/http/outbound.ts'
import { eventually } from '../support/eventually.ts'
import { type KeyHost, openKeyHost } from '../support/key-host.ts'

const body = '{"keys":[]}'
const head = (line: string, ...headers: string[]) =>
  `HTTP/1.1 ${[line, ...headers].join('\r\n')}\r\n`
const length = (size: number) => `Content-Length: ${size}`
const whole = (line: string, ...headers: string[]) =>
  `${head(line, ...headers, length(body.length))}\r\n${body}`

/** Writes again and again, for as long as anybody listens. */
function drip(socket: TLSSocket, bytes: string, everyMs = 5): void {
  const timer = setInterval(() => socket.write(bytes), everyMs)
  socket.on('close', () => clearInterval(timer))
}

function dripAfter(start: string, bytes: string) {
  return (socket: TLSSocket) => {
    socket.write(start)
    drip(socket, bytes)
  }
}

const chunked = head('200 OK', 'Transfer-Encoding: chunked')

/** Every way in which a host can end, or not end, what it was asked; and what is said of it. */
const endings: Readonly<Record<string, readonly [(socket: TLSSocket) => void, RegExp]>> = {
  'switches protocols': [
    (socket) =>
      socket.write(`${head('101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade')}\r\n`),
    /got 101/,
  ],
  'switches protocols unasked': [
    (socket) => socket.write(`${head('101 Switching Protocols')}\r\n`),
    /got 101|closed before|Parse Error|took more/,
  ],
  'floods with interim answers': [
    (socket) => drip(socket, `${head('103 Early Hints', 'Link: </x>')}\r\n`.repeat(20)),
    /interim answers/,
  ],
  'goes on processing': [dripAfter('', `${head('102 Processing')}\r\n`), /interim answers/],
  'has no content': [(socket) => socket.write(`${head('204 No Content')}\r\n`), /got 204/],
  'has not changed': [(socket) => socket.write(`${head('304 Not Modified')}\r\n`), /got 304/],
  'sends a part': [(socket) => socket.write(whole('206 Partial Content')), /got 206/],
  moved: [
    (socket) => socket.write(whole('302 Found', 'Location: /keys')),
    /got 302; redirects are not followed/,
  ],
  'moved for good': [
    (socket) => socket.write(whole('308 Permanent Redirect', 'Location: /keys')),
    /redirects are not followed/,
  ],
  fails: [(socket) => socket.write(whole('500 Internal Server Error')), /got 500/],
  'hangs up at once': [(socket) => socket.destroy(), /hang up|ECONNRESET|closed before/],
  'ends without a word': [(socket) => socket.end(), /hang up|ECONNRESET|closed before/],
  'hangs up within the headers': [
    (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'),
    /hang up|ECONNRESET|closed before/,
  ],
  'hangs up within the body': [
    (socket) => socket.end(`${head('200 OK', length(1000))}\r\n{"keys"`),
    /aborted|before the answer was whole/,
  ],
  'hangs up within a chunk': [
    (socket) => socket.end(`${chunked}\r\nff\r\n{"keys"`),
    /aborted|before the answer was whole/,
  ],
  'is silent': [() => undefined, /took more than 0.3 s/],
  'is silent within the headers': [
    (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Ty'),
    /took more/,
  ],
  'is silent within the body': [
    (socket) => socket.write(`${head('200 OK', length(1000))}\r\n{"keys"`),
    /took more/,
  ],
  'drips its headers': [dripAfter('HTTP/1.1 200 OK\r\nX: ', 'x'), /took more/],
  'drips its body': [dripAfter(`${head('200 OK', length(1000))}\r\n`, ' '), /took more/],
  'drips its chunks': [dripAfter(`${chunked}\r\n`, '1\r\n \r\n'), /took more/],
  'has headers without end': [
    (socket) => socket.write(head('200 OK', `X: ${'x'.repeat(100_000)}`)),
    /Header overflow/,
  ],
  'has trailers without end': [
    (socket) => socket.write(`${chunked}\r\n2\r\n{}\r\n0\r\nX: ${'x'.repeat(100_000)}`),
    /Header overflow|took more|aborted/,
  ],
  'announces a large body': [
    (socket) => socket.write(`${head('200 OK', length(100_000))}\r\n`),
    /larger than 65536 bytes/,
  ],
  'has a large body': [
    (socket) => socket.write(`${head('200 OK', 'Connection: close')}\r\n${' '.repeat(100_000)}`),
    /larger than 65536 bytes/,
  ],
  'has chunks without end': [
    dripAfter(`${chunked}\r\n`, `1000\r\n${' '.repeat(4096)}\r\n`),
    /larger than 65536 bytes|took more/,
  ],
  'packs its body': [
    (socket) => {
      const packed = gzipSync(body)
      socket.write(`${head('200 OK', 'Content-Encoding: gzip', length(packed.length))}\r\n`)
      socket.write(packed)
    },
    /Content-Encoding: expected none, got "gzip"/,
  ],
  'names two lengths': [
    (socket) => socket.write(`${head('200 OK', length(11), length(12))}\r\n${body}`),
    /Parse Error/,
  ],
  'speaks another protocol': [
    (socket) => socket.write('220 mail.example ESMTP\r\n'),
    /Parse Error/,
  ],
}

let host: KeyHost
let asked = ''
/** Whoever answers has all the time that a busy machine takes. */
const rules = () => ({ allowPrivateAddresses: true, timeoutSeconds: 60, ca: host.ca })
const impatient = { timeoutSeconds: 0.3 } as const
const fetched = (path: string, own = {}) => get(new URL(path, host.url), { ...rules(), ...own })

const good: Readonly<Record<string, (socket: TLSSocket) => void>> = {
  plain: (socket) => socket.write(whole('200 OK', 'Cache-Control: max-age=5')),
  'in chunks': (socket) =>
    socket.write(`${chunked}\r\n1\r\n{\r\na\r\n"keys":[]}\r\n0\r\nX-Trailer: x\r\n\r\n`),
  'until the end': (socket) => socket.end(`${head('200 OK', 'Connection: close')}\r\n${body}`),
  'with data behind it': (socket) => socket.write(`${whole('200 OK')}HTTP/1.1 200 OK\r\n\r\nmore`),
  'after interim answers': (socket) =>
    socket.write(`${head('103 Early Hints')}\r\n${head('100 Continue')}\r\n${whole('200 OK')}`),
  'with the coding identity': (socket) =>
    socket.write(whole('200 OK', 'Content-Encoding: identity')),
}

beforeAll(async () => {
  host = await openKeyHost((path, socket, request) => {
    asked = request
    const name = decodeURIComponent(path.slice(1))
    const [say] = endings[name] ?? [good[name]]
    say?.(socket)
  })
})
afterAll(async () => await host.close())

describe('a call to the outside', () => {
  test.each(Object.entries(endings))(
    'ends, and frees what it held, when the host %s',
    async (name, [, said]) => {
      const own = said.source.includes('took more') ? impatient : {}
      await expect(fetched(encodeURIComponent(name), own)).rejects.toThrow(said)
      expect(await eventually(() => host.connections.open === 0)).toBe(true)
    },
  )

  test.each(Object.keys(good))('reads a body that comes %s', async (name) => {
    const { body: read } = await fetched(encodeURIComponent(name))
    expect(read.toString()).toBe(body)
    expect(await eventually(() => host.connections.open === 0)).toBe(true)
  })

  test('asks for JSON as it is, not packed', async () => {
    await fetched('plain')
    expect(asked).toMatch(/^accept: application\/json\r$/m)
    expect(asked).toMatch(/^accept-encoding: identity\r$/m)
  })

  test('ends when a host takes the connection and no more', async () => {
    const mute = createServer(() => undefined)
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const address = mute.address()
    const url = new URL(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`)
    await expect(get(url, { ...rules(), ...impatient })).rejects.toThrow('took more')
    mute.close()
  })

  test('ends when nobody listens, when the name leads nowhere, and when the certificate is foreign', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      await expect(get(new URL(`https://${name}:1/`), rules())).rejects.toThrow('ECONNREFUSED')
    }
    await expect(get(new URL('https://nobody.invalid/'), rules())).rejects.toThrow()
    await expect(fetched('plain', { ca: undefined })).rejects.toThrow('self-signed')
  })
})
