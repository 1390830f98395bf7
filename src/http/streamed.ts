import { Readable } from 'node:stream'
import type { ParameterizedContext } from 'koa'

/** A body that is sent a part at a time, as fast as it is read. */
export class Streamed {
  /** Its media type. */
  readonly type: string
  readonly parts: AsyncIterable<string>

  constructor(type: string, parts: AsyncIterable<string>) {
    this.type = type
    this.parts = parts
  }
}

async function* from(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value
  } finally {
    await rest.return?.()
  }
}

/** Waits for the first part: whatever fails until then is answered as of any other route. */
export async function streamed(type: string, parts: AsyncGenerator<string>): Promise<Streamed> {
  const first = await parts.next()
  return new Streamed(type, from(first.done === true ? '' : first.value, parts))
}

/**
 * Sends it. The next part is made when the caller has room for it, and none is when the caller is gone.
 * What fails on the way breaks the connection: an end that looks like one would be a lie.
 */
export function send(ctx: ParameterizedContext, { type, parts }: Streamed): void {
  const stream = Readable.from(parts, { objectMode: false })
  stream.once('error', () => ctx.res.destroy())
  ctx.body = stream
  ctx.type = type
}
