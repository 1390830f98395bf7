import { pipeline, Readable } from 'node:stream'
import type Koa from 'koa'
import type { ParameterizedContext } from 'koa'

/** Answers that have no body, whatever a call left (RFC 9110 §15.3.5, §15.4.5). */
const bare: ReadonlySet<number> = new Set([204, 304])

function endWith(context: ParameterizedContext, body: unknown): void {
  const { res } = context
  if (body instanceof Readable) pipeline(body, res, (error) => error && context.onerror(error))
  else if (body === undefined || body === null) res.end()
  else if (typeof body === 'string' || body instanceof Uint8Array) res.end(body)
  else res.end(JSON.stringify(body))
}

/** Sends what a call left for its caller. HEAD gets the head of what GET would (RFC 9110 §9.3.2). */
function answer(context: ParameterizedContext): void {
  if (!context.writable) return
  if (bare.has(context.status)) context.body = null
  const { length } = context.response
  if (length !== undefined) context.length = length
  endWith(context, context.method === 'HEAD' ? undefined : context.body)
}

type Run = (context: ParameterizedContext) => Promise<void>

async function handleRequest(context: ParameterizedContext, run: Run): Promise<void> {
  context.res.statusCode = 404
  try {
    await run(context)
    answer(context)
  } catch (error) {
    context.onerror(error instanceof Error ? error : new Error('a call failed', { cause: error }))
  }
}

/**
 * Has an application answer without Koa's wait for the end of each answer, which tells nothing that matters here.
 * Node listens for that as well, and where two do, V8 keeps requests for long: it sees lists of listeners be copied
 * at the end of each answer, makes the next ones among what is old, and they hold their request.
 */
export function answersAtOnce<App extends Koa>(app: App): App {
  return Object.assign(app, { handleRequest })
}
