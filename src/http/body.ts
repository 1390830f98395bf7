import type { IncomingMessage } from 'node:http'

/** The body is larger than the bound; the rest of it was not read. */
export class BodyTooLarge extends Error {
  readonly limitBytes: number

  constructor(limitBytes: number) {
    super(`the body is larger than ${limitBytes} bytes`)
    this.name = 'BodyTooLarge'
    this.limitBytes = limitBytes
  }
}

/** The sender went away before the end of the body. */
export class BodyCutShort extends Error {}

/** Reads a body of at most `limitBytes`. Fails with BodyTooLarge or BodyCutShort. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => {
      request.removeAllListeners('data')
      request.resume()
      reject(new BodyTooLarge(limitBytes))
    }
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooLarge()
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > limitBytes) tooLarge()
    })
    request.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
    )
    request.on('error', (cause) => reject(new BodyCutShort('the body was cut short', { cause })))
  })
}
