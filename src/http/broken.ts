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
  HPE_HEADER_OVERFLOW: {
    status: 431,
    said: 'the headers are larger than 16384 bytes in all; look for one that grows, such as a cookie',
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

/** Answers what the parser of HTTP refuses, where it would say nothing. */
export function brokenAnswerer(report: (broken: Broken) => void) {
  /** The last answer of each connection: while it is on its way, nothing may come in between. */
  const answers = new WeakMap<Socket, ServerResponse>()
  return {
    note: ({ socket }: IncomingMessage, response: ServerResponse) => {
      answers.set(socket, response)
    },
    answer: (error: Error, socket: Socket) => {
      const last = answers.get(socket)
      const isBusy = last?.headersSent === true && !last.writableFinished
      const isGone = 'code' in error && error.code === 'ECONNRESET'
      if (socket.writable && !isBusy && !isGone) {
        const row = rowOf(error)
        socket.write(answerOf(row))
        const code = 'code' in error ? String(error.code) : ''
        report({ ...row, code, address: socket.remoteAddress ?? '' })
      }
      socket.destroy(error)
    },
  }
}
