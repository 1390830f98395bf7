import { failure, OstiaryError, reasonOf } from './failure.ts'
import { placeOf, type TransportOptions, trustedUrl } from './transport.ts'
import { type CallOptions, type Limit, within } from './waiting.ts'
import { membersOf, shown, textOf } from './words.ts'

const patienceMs = 10_000
const largestAnswer = 16 * 1024 * 1024
const longestWaitSeconds = 3600

/** A request to the server. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | URLSearchParams | undefined
}

/** How a request is sent, and how large its answer may be. */
export interface Sending extends TransportOptions, CallOptions {
  /** 16 MiB when absent. */
  readonly maxBytes?: number | undefined
}

/** An answer of the server as it came. */
export interface ReceivedText {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** An answer of the server. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  /** The parsed body; undefined when there was none. */
  readonly body: unknown
}

/** Fetch quotes a header that it refuses, which could be a secret. */
function headersOf(given: Outgoing['headers']): Headers {
  try {
    return new Headers(given)
  } catch {
    const message = 'a token or client key holds characters that no header may have'
    throw failure('invalid_credential', message)
  }
}

/** An answer that is larger than it may be: the rest of it was not read. */
export class AnswerTooLarge extends OstiaryError {
  constructor(maxBytes: number, status: number) {
    super('unexpected_answer', `the answer is larger than ${maxBytes} bytes`, { status })
  }
}

async function readText(response: Response, maxBytes = largestAnswer): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let size = 0; reader !== undefined; ) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      throw new AnswerTooLarge(maxBytes, response.status)
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

/** Where a redirect leads, without query and user: those could be secret. */
function locationOf(url: URL, headers: Headers): string | undefined {
  const location = headers.get('location')
  const target =
    location !== null && URL.canParse(location, url.href) ? new URL(location, url.href) : null
  return target === null ? undefined : placeOf(target)
}

/** Redirects are told, not followed: what was sent was meant for the server that was named. */
function redirected(url: URL, { status, headers }: Response): OstiaryError {
  const location = locationOf(url, headers)
  // A browser hides where to, and even the status.
  const where = location === undefined ? 'elsewhere' : shown(location)
  const said = status === 0 ? 'a redirect' : String(status)
  const message = `${placeOf(url)} answered ${said}: it has moved to ${where}; give the issuer that is meant there`
  return new OstiaryError('redirected', message, { status, location })
}

function parse(text: string): { readonly isJson: boolean; readonly body?: unknown } {
  if (text === '') return { isJson: true }
  try {
    return { isJson: true, body: JSON.parse(text) }
  } catch {
    // The reason would quote the answer, which can hold a token.
    return { isJson: false }
  }
}

const codePattern = /^[a-z][a-z_.]{0,63}$/

/** Seconds, or a date (RFC 9110 §10.2.3). */
function secondsUntil(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - Date.now()) / 1000)
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestWaitSeconds)
}

function codeOf(status: number, content: unknown): string {
  const { code, error } = membersOf(content)
  const given = textOf(code) ?? textOf(error)
  if (given !== undefined && codePattern.test(given)) return given
  return status === 421 ? 'host.misdirected' : 'unexpected_answer'
}

function messageOf(url: URL, status: number, content: unknown): string {
  const { message, error_description: description } = membersOf(content)
  const given = textOf(message) ?? textOf(description)
  if (given !== undefined) return shown(given)
  const place = `${placeOf(url)} answered ${status}`
  if (status !== 421) return `${place} without saying why: is it an Ostiary server?`
  return `${place}: it does not serve the host ${url.host}; call it as its issuer is spelled`
}

function refusal(url: URL, { status, headers }: Response, content: unknown): OstiaryError {
  return new OstiaryError(codeOf(status, content), messageOf(url, status, content), {
    status,
    field: textOf(membersOf(content)['field']),
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: secondsUntil(headers.get('retry-after')),
  })
}

/** How long a wait for this server may take. */
export function limitOf({ origin }: URL, { timeoutMs: ms = patienceMs, signal }: Sending): Limit {
  const late = () =>
    failure('unreachable', `${origin} did not answer within ${Math.ceil(ms / 1000)} s`)
  return { ms, late, signal }
}

/** What fetch answers until the signal ends it. Fails with `invalid_credential` before it is called. */
export function fetched(
  url: URL,
  request: Outgoing,
  { fetch = globalThis.fetch }: TransportOptions,
): (stop: AbortSignal) => Promise<Response> {
  const { method, body = null } = request
  const headers = headersOf(request.headers)
  return (signal) => fetch(url.href, { method, headers, body, redirect: 'manual', signal })
}

async function exchange(url: URL, request: Outgoing, how: Sending) {
  const ask = fetched(url, request, how)
  return await within(limitOf(url, how), async (stop) => {
    const response = await ask(stop)
    return { response, text: await readText(response, how.maxBytes) }
  })
}

const notModified = 304

const isRedirect = ({ status, type }: Response) =>
  type === 'opaqueredirect' || (status >= 300 && status <= 399 && status !== notModified)

/** The failure of a request that got no answer, whatever fetch calls it. */
export function unanswered({ origin }: URL, error: unknown): OstiaryError {
  if (error instanceof OstiaryError) return error
  return failure('unreachable', `${origin} did not answer: ${shown(reasonOf(error))}`, error)
}

/** Fails with what an answer says, when it is a redirect or a refusal. */
export async function assertAnswered(
  url: URL,
  response: Response,
  read: () => Promise<string> = () => readText(response),
): Promise<void> {
  if (isRedirect(response)) throw redirected(url, response)
  if (response.ok || response.status === notModified) return
  throw refusal(url, response, parse(await read()).body)
}

/** One request and the text of its answer, bounded in time and size. Fails with OstiaryError. */
export async function sendForText(
  target: string,
  request: Outgoing,
  how: Sending,
): Promise<ReceivedText> {
  const url = trustedUrl(target, how)
  const { response, text } = await exchange(url, request, how).catch((error) => {
    throw unanswered(url, error)
  })
  await assertAnswered(url, response, async () => text)
  const { status, headers } = response
  return { status, headers, text }
}

/** One request and its JSON answer, bounded in time and size. Fails with OstiaryError. */
export async function send(target: string, request: Outgoing, how: Sending): Promise<Received> {
  const { text, status, headers } = await sendForText(target, request, how)
  if (status === notModified && request.headers?.['if-none-match'] !== undefined) {
    throw new OstiaryError('not_modified', 'it has not changed since it was read', { status })
  }
  const { isJson, body } = parse(text)
  if (isJson && status !== notModified) return { status, headers, body }
  const message = `${placeOf(new URL(target))} answered ${status} without JSON: is it an Ostiary server?`
  throw new OstiaryError('unexpected_answer', message, { status })
}
