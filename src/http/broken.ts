import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

/** A request that is no HTTP, or did not come in time: what was answered, for the log. */
export interface Broken {
  readonly status: number
  readonly code: string
  readonly said: string
  readonly address: string
}

interface Row {
  readonly status: 400 | 408 | 431
  readonly said: string
}

const header: Row = {
  status: 400,
  said:
    'a header is not valid HTTP: there is a line break or a control character in it, such as the ' +
    'line break that base64 puts into long lines; use base64 -w 0',
}
const cut: Row = { status: 400, said: 'the request ended before it was complete' }

/** By the code of the parser's error. */
const rows: Readonly<Record<string, Row>> = {
  HPE_INVALID_HEADER_TOKEN: header,
  HPE_CR_EXPECTED: header,
  HPE_LF_EXPECTED: header,
  HPE_INVALID_EOF_STATE: cut,
  CONNECT: {
    status: 400,
    said: 'CONNECT: this server is no proxy; ask for a path by another method',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    said:
      'the headers are more than 100, or larger than 16384 bytes in all; look for what grows, such as ' +
      'a cookie',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    said: 'the request took longer to arrive than http.headersTimeoutSeconds or http.requestTimeoutSeconds',
  },
}

function rowOf(error: object): Row {
  const code = 'code' in error ? String(error.code) : ''
  const reason = 'reason' in error ? `: ${String(error.reason)}` : ''
  return rows[code] ?? { status: 400, said: `the request is not valid HTTP${reason}` }
}

function answerOf({ status, said }: Row): string {
  const error = STATUS_CODES[status] ?? 'Error'
  const code = 'request.malformed'
  const body = JSON.stringify({ statusCode: status, error, message: said, code })
  const lines = [
    `HTTP/1.1 ${status} ${error}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/**
 * The newest request of a connection, and the answer to the one before it. There is one of these for each
 * connection, and it grows old: so it lets go of a request that came whole as soon as that is answered.
 */
class Newest {
  request: IncomingMessage | undefined
  response: ServerResponse | undefined
  before: ServerResponse | undefined

  note(request: IncomingMessage, response: ServerResponse): void {
    this.before = this.response
    this.request = request
    this.response = response
  }

  letGo(): void {
    this.before = undefined
    this.request = undefined
    this.response = undefined
  }

  /** Whether that request came whole, or was answered before it did: what broke is then not it. */
  isAnswered(): boolean {
    return this.isWhole() || this.isSaid()
  }

  isWhole(): boolean {
    return this.request?.complete ?? true
  }

  isSaid(): boolean {
    return this.response?.headersSent ?? true
  }
}

/** How long the answers that a caller still gets may take, and the caller to read them (ms). */
const patienceMs = 65_000

/** Resolves when what came whole is answered: answers are sent in the order of their requests. */
async function answered(newest: Newest): Promise<void> {
  const last = newest.isAnswered() ? newest.response : newest.before
  if (last && !last.writableFinished) await new Promise((resolve) => last.once('finish', resolve))
}

/** Answers what the parser of HTTP refuses, where it would say nothing. */
export function brokenAnswerer(report: (broken: Broken) => void, patience = patienceMs) {
  const newest = new WeakMap<Socket, Newest>()
  const broken = new WeakSet<Socket>()

  function newestOf(socket: Socket): Newest {
    const known = newest.get(socket) ?? new Newest()
    newest.set(socket, known)
    return known
  }

  /** An answer is over. */
  function letGo(this: ServerResponse): void {
    const last = newest.get(this.req.socket)
    if (last?.response === this && last.isWhole()) last.letGo()
  }

  function refuse(error: Error, socket: Socket): void {
    const last = newest.get(socket)
    const isSaid = last !== undefined && !last.isWhole() && last.isSaid()
    if (!socket.writable || isSaid) return void socket.destroy(error)
    const row = rowOf(error)
    socket.end(answerOf(row), () => socket.destroy(error))
    const code = 'code' in error ? String(error.code) : ''
    report({ ...row, code, address: socket.remoteAddress ?? '' })
  }

  /** RFC 9112 §9.3.2: what was asked before is answered first. Whoever takes too long is cut off. */
  function answer(error: Error, socket: Socket): void {
    if (broken.has(socket)) return
    broken.add(socket)
    if ('code' in error && error.code === 'ECONNRESET') return void socket.destroy(error)
    const end = setTimeout(() => socket.destroy(error), patience)
    socket.once('close', () => clearTimeout(end))
    const last = newest.get(socket)
    if (last === undefined) refuse(error, socket)
    else void answered(last).then(() => refuse(error, socket))
  }

  return {
    answer,
    note: (request: IncomingMessage, response: ServerResponse) => {
      newestOf(request.socket).note(request, response)
      response.on('close', letGo)
    },
    /** Answers a CONNECT, of whose socket Node has let go: its errors would be nobody's. */
    refuseTunnel: (socket: Socket) => {
      socket.on('error', () => socket.destroy())
      answer(Object.assign(new Error('a tunnel was asked for'), { code: 'CONNECT' }), socket)
    },
  }
}
