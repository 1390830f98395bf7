import { Readable } from 'node:stream'
import { setImmediate as otherWork } from 'node:timers/promises'
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

/**
 * Who makes a part waits for their turn: parts of all streams begin one after the other, and whatever
 * else came in is done between two of them. Many exports at once would hold up every other request.
 */
class Turns {
  #last: Promise<void> = Promise.resolve()

  next(): Promise<void> {
    this.#last = this.#last.then(() => otherWork())
    return this.#last
  }
}

const turns = new Turns()

/** Resolves when the next part of any long answer may be made. */
export function nextTurn(): Promise<void> {
  return turns.next()
}

async function partOf(parts: AsyncIterator<string>): Promise<IteratorResult<string>> {
  await nextTurn()
  return await parts.next()
}

async function* from(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield first
    for (let next = await partOf(rest); next.done !== true; next = await partOf(rest))
      yield next.value
  } finally {
    await rest.return?.()
  }
}

/** Waits for the first part: whatever fails until then is answered as of any other route. */
export async function streamed(type: string, parts: AsyncGenerator<string>): Promise<Streamed> {
  const first = await partOf(parts)
  return new Streamed(type, from(first.done === true ? '' : first.value, parts))
}

async function* allowed(
  parts: AsyncIterable<string>,
  ask: () => Promise<unknown>,
): AsyncGenerator<string> {
  for await (const part of parts) {
    await ask()
    yield part
  }
}

/** The same for as long as its caller may be told it: each part is made first, and then asked for. */
export function whileAllowed({ type, parts }: Streamed, ask: () => Promise<unknown>): Streamed {
  return new Streamed(type, allowed(parts, ask))
}

/** How long a caller may take nothing of what waits for them, before they count as gone. */
const patienceMs = 30_000

/** Breaks the connection of a caller who takes nothing for too long: what is to be sent would be held for good. */
export function endWithoutReader({ res }: ParameterizedContext, patience = patienceMs): void {
  res.setTimeout(patience, () => res.destroy())
}

/**
 * Sends it. The next part is made when the caller has room for it, and none is when the caller is gone.
 * What fails on the way breaks the connection: an end that looks like one would be a lie.
 */
export function send(
  ctx: ParameterizedContext,
  { type, parts }: Streamed,
  patience = patienceMs,
): void {
  const stream = Readable.from(parts, { objectMode: false })
  stream.once('error', () => ctx.res.destroy())
  endWithoutReader(ctx, patience)
  ctx.body = stream
  ctx.type = type
}
