import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Next, ParameterizedContext } from 'koa'
import { assertConditions, type Conditions, stateNamedBy } from './conditions.ts'
import { Held } from './held.ts'
import { Rows } from './rows.ts'
import { endWithoutReader } from './streamed.ts'
import { Stretch } from './stretch.ts'

/** What a request demands of the state that it finds. */
export function conditionsOf(ctx: ParameterizedContext): Conditions {
  return {
    ifMatch: ctx.headers['if-match'],
    ifNoneMatch: ctx.get('If-None-Match'),
    ifUnmodifiedSince: ctx.get('If-Unmodified-Since'),
  }
}

/** RFC 9110 §13.2: what is only read is sent anew only to those who have not got it. */
export function answerConditionally(ctx: ParameterizedContext): void {
  const tag: unknown = ctx.response.get('ETag')
  if (typeof tag !== 'string' || tag === '' || !['GET', 'HEAD'].includes(ctx.method)) return
  const conditions = conditionsOf(ctx)
  assertConditions({ ...conditions, ifNoneMatch: '' }, stateNamedBy(tag))
  // Koa would copy all headers of the answer first.
  if (conditions.ifNoneMatch !== '' && ctx.fresh) ctx.status = 304
}

/** So many bytes are put together in some hundredths of a millisecond. */
const mostTogether = 256 * 1024

/** What is ready, for a millisecond in each turn: a caller who reads at once would take all of it in one. */
async function* inTurns(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  const stretch = new Stretch()
  for (const part of parts) {
    if (stretch.isOver()) await stretch.next()
    yield part
  }
}

/** A long list is sent as it is: to put it together would take as long as to make several parts of it. */
function bodyOf(parts: readonly Buffer[], bytes: number): Readable | Buffer {
  if (bytes <= mostTogether) return Buffer.concat(parts)
  return Readable.from(inTurns(parts), { objectMode: false })
}

const held = new Held()

/** The headers that tell of a page of a list. */
const ofPage = ['Link', 'X-Total-Count'] as const

/** A list as it is sent. */
interface Written {
  readonly parts: readonly Buffer[]
  readonly bytes: number
  readonly tag: string
}

/** Undefined when its caller is gone. What fails on the way is told without the headers of a page. */
async function written(
  ctx: ParameterizedContext,
  rows: Rows<unknown>,
): Promise<Written | undefined> {
  const told = ofPage.map((name) => ctx.response.get(name))
  const digest = createHash('sha256').update(told.join('\n'))
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of rows.written()) {
      if (!ctx.writable) return undefined
      bytes += part.length
      if (bytes > mostTogether) held.hold(ctx.res, part.length)
      parts.push(part)
      digest.update(part)
    }
  } catch (error) {
    for (const name of ofPage) ctx.remove(name)
    throw error
  }
  return { parts, bytes, tag: `W/"${digest.digest('base64url').slice(0, 27)}"` }
}

/** A list has a tag made of all that its reader is shown: who sees other rows has another. */
export async function tagList(
  ctx: ParameterizedContext,
  next: Next,
  patience?: number,
): Promise<void> {
  await next()
  const { body }: { readonly body?: unknown } = ctx
  const rows = Array.isArray(body) ? Rows.of(body, (row: unknown) => row) : body
  if (!(rows instanceof Rows)) return
  const made = await written(ctx, rows)
  if (!made) return
  const { parts, bytes, tag } = made
  if (bytes > mostTogether) endWithoutReader(ctx, patience)
  ctx.body = bodyOf(parts, bytes)
  ctx.type = 'application/json'
  ctx.length = bytes
  ctx.set('ETag', tag)
  answerConditionally(ctx)
}
