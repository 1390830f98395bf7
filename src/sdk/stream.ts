import { OstiaryError } from './failure.ts'
import { assertAnswered, fetched, limitOf, type Outgoing, unanswered } from './send.ts'
import { placeOf, type TransportOptions, trustedUrl } from './transport.ts'
import { type CallOptions, within } from './waiting.ts'

type How = TransportOptions & CallOptions

/** The text of an answer as it comes: nothing bounds how much there is, but each part is waited for so long. */
async function* partsOf(url: URL, response: Response, how: How): AsyncGenerator<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  while (reader !== undefined) {
    const { done, value } = await within(limitOf(url, how), () => reader.read())
    if (done) break
    yield decoder.decode(value, { stream: true })
  }
}

function assertType(url: URL, { status, headers }: Response, type: string): void {
  if (headers.get('content-type')?.split(';')[0] === type) return
  const message = `${placeOf(url)} answered ${status} without ${type}: is it an Ostiary server?`
  throw new OstiaryError('unexpected_answer', message, { status })
}

/** What is asked for, and as which media type. */
export interface Streamed extends Outgoing {
  readonly type: string
}

/**
 * One request and its long answer, a part at a time, each asked for when the one before was taken. It
 * fails where the answer breaks off. Fails with OstiaryError.
 */
export async function* stream(
  target: string,
  { type, ...request }: Streamed,
  how: How,
): AsyncGenerator<string> {
  const url = trustedUrl(target, how)
  const ask = fetched(url, request, how)
  const stop = new AbortController()
  try {
    const response = await within(limitOf(url, how), () => ask(stop.signal))
    await within(limitOf(url, how), () => assertAnswered(url, response))
    assertType(url, response, type)
    yield* partsOf(url, response, how)
  } catch (error) {
    throw unanswered(url, error)
  } finally {
    stop.abort()
  }
}
