import { connect } from 'node:net'
import type { Answer } from '../../support/server.ts'

/** An answer as it came over the socket. */
export interface WireAnswer extends Answer {
  /** Every byte that came back. */
  readonly raw: string
}

export interface WireOptions {
  /** The address that the connection comes from. */
  readonly from?: string
}

const patienceMs = 90_000

function readAnswer(raw: string): WireAnswer {
  const end = raw.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = raw.slice(0, Math.max(0, end)).split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const text = end < 0 ? '' : raw.slice(end + 4)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  return { raw, status: Number(statusLine.split(' ')[1]), headers, text, body }
}

/** Sends bytes exactly as they are, and reads until the server closes the connection. */
export function sendRaw(
  server: { readonly url: string },
  bytes: string,
  { from = '127.0.0.1' }: WireOptions = {},
): Promise<WireAnswer> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: from })
    const chunks: Buffer[] = []
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('no end of the answer')))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('latin1'))))
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}

export interface WireRequest {
  readonly method?: string
  readonly target: string
  /** Header lines as they are; `Host`, `Content-Length` and `Connection` are added unless `bare`. */
  readonly headers?: readonly string[]
  readonly body?: string
  readonly bare?: boolean
}

/** The bytes of a request that asks for its connection to be closed. */
export function bytesOf(server: { readonly url: string }, request: WireRequest): string {
  const { method = 'POST', target, headers = [], body = '', bare = false } = request
  const own = bare ? [] : [`Host: ${new URL(server.url).host}`]
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const lines = [...own, ...headers, ...(bare ? [] : length), 'Connection: close']
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

export const formType = 'Content-Type: application/x-www-form-urlencoded'

/** What an answer says, without what differs between any two answers. */
export function withoutStamps(answer: WireAnswer): string {
  return answer.raw.replace(/^(Date|X-Request-Id):.*\r\n/gim, '')
}
