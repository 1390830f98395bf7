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

/** Reads a body of at most `limitBytes`. Fails with BodyTooLarge. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes)
    throw new BodyTooLarge(limitBytes)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > limitBytes) throw new BodyTooLarge(limitBytes)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, length)
}
