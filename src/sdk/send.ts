import { OstiaryError } from './failure.ts'

const patienceMs = 10_000

/** An answer of the server. */
export interface Received {
  readonly headers: Headers
  /** The parsed body; undefined when there was none. */
  readonly body: unknown
}

type Members = Readonly<Record<string, unknown>>

/** The members of an answer; none when it is no object. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Where it failed, without the query, and why: fetch hides the reason in a chain of causes. */
function unreachable(url: URL, error: unknown): OstiaryError {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause)
  const message = `${url.origin} did not answer: ${reason}`
  return new OstiaryError('unreachable', message, { status: 0, cause: error })
}

function parse(text: string, response: Response): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const where = new URL(response.url).origin
    const message = `${where} answered ${response.status} without JSON: is it an Ostiary server?`
    throw new OstiaryError('unexpected_answer', message, { status: response.status, cause })
  }
}

function refusal({ status, headers }: Response, content: unknown): OstiaryError {
  const { code, error, message, error_description: description, field } = membersOf(content)
  const wait = Number(headers.get('retry-after') ?? Number.NaN)
  return new OstiaryError(
    textOf(code) ?? textOf(error) ?? 'unexpected_answer',
    textOf(message) ?? textOf(description) ?? `the server answered ${status}`,
    {
      status,
      field: textOf(field),
      requestId: headers.get('x-request-id') ?? undefined,
      retryAfterSeconds: Number.isNaN(wait) ? undefined : wait,
    },
  )
}

/** One request and its JSON answer, within 10 s, without redirects. Fails with OstiaryError. */
export async function send(url: URL, init: RequestInit): Promise<Received> {
  const exchange = async () => {
    const signal = AbortSignal.timeout(patienceMs)
    const response = await fetch(url, { redirect: 'error', ...init, signal })
    return { response, text: await response.text() }
  }
  const { response, text } = await exchange().catch((error) => {
    throw unreachable(url, error)
  })
  const body = parse(text, response)
  if (!response.ok) throw refusal(response, body)
  return { headers: response.headers, body }
}
