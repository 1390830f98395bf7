import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, type ClientRequest, type IncomingMessage, request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { loadSettings } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/schema.ts'
import { type StartedServer, startServer } from '../../src/server/start.ts'
import { openLogger } from '../../src/telemetry/logger.ts'
import type { TestStore } from './stores.ts'

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  readonly body: any
}

export interface TestServer {
  readonly url: string
  readonly dir: string
  readonly admin: Credentials & { readonly clientKey: string }
  /** Every line that was logged. */
  readonly logged: string[]
  /** Moves the server's clock (milliseconds), or stops it at a moment. */
  readonly clock: { offset: number; stoppedAt?: number | undefined }
  readonly call: (path: string, init?: RequestInit) => Promise<Answer>
  /** Asks for a token with a secret. */
  readonly token: (who: Credentials, form?: Record<string, string>) => Promise<Answer>
  /** Calls a management API as the first root account, with Client-key. */
  readonly manage: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
  readonly adminToken: () => Promise<string>
  readonly close: () => Promise<void>
}

export interface TestServerOptions {
  readonly store?: TestStore
  readonly env?: Record<string, string>
  /** Environment of another test server whose store and keys this one shares. */
  readonly beside?: { readonly env: Record<string, string>; readonly dir: string }
  /** The first account, where the store was not made here. */
  readonly admin?: TestServer['admin']
  /** By how much its clock is wrong from the start on (milliseconds). */
  readonly clockOffset?: number
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(response.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  return { status: response.statusCode ?? 0, headers, text, body: parsed(text) }
}

/** What is sent, and what fetch would say that it is. */
function contentOf(body: RequestInit['body']): {
  readonly bytes?: Uint8Array | string
  readonly type?: string
} {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { bytes: body, type: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) {
    return { bytes: String(body), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  if (body instanceof Uint8Array) return { bytes: body }
  throw new TypeError('a test sends text, a form, bytes or a stream')
}

async function sendStream(request: ClientRequest, body: ReadableStream): Promise<void> {
  request.flushHeaders()
  for await (const chunk of body) request.write(chunk)
  request.end()
}

/** Sends a body with its length; one that comes as a stream without. */
async function callBy(agent: Agent, url: string, init: RequestInit = {}): Promise<Answer> {
  const { method = 'GET', body } = init
  const isStream = body instanceof ReadableStream
  const { bytes = '', type } = contentOf(isStream ? undefined : body)
  const headers = Object.fromEntries(new Headers(init.headers))
  if (type !== undefined) headers['content-type'] ??= type
  const request = send(url, { method, agent, headers })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject)
  })
  if (isStream) await sendStream(request, body)
  else {
    if (bytes.length > 0) request.setHeader('content-length', Buffer.byteLength(bytes))
    request.end(bytes)
  }
  return await answerOf(await answer)
}

/** Ends the connections that wait for another request: a server lets them linger. */
function endIdle({ freeSockets }: Agent): void {
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}

export function basic({ clientId, clientSecret }: Credentials): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

export const tokenPath = '/api/m2m/oauth/token'

/** A busy machine is no store that is away: one is waited for as long as the tests say, or very long. */
function patient(env: Record<string, string>): Settings {
  const { settings } = loadSettings(env)
  if (env['OSTIARY_STORAGE_TIMEOUT_SECONDS'] !== undefined) return settings
  return { ...settings, storage: { ...settings.storage, timeoutSeconds: 60 } }
}

/** A server that is gone by then has left its store, too. */
const leavesWithinMs = 1000

/** Starts a server in this process: a store, keys and data folder of its own, a free port. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dir = options.beside?.dir ?? (await mkdtemp(join(tmpdir(), 'ostiary-test-')))
  const fresh = options.beside ? undefined : options.store?.fresh()
  const env = {
    OSTIARY_HTTP_PORT: '0',
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: 'ES256',
    OSTIARY_HTTP_DRAIN_SECONDS: '2',
    ...fresh?.env,
    ...options.beside?.env,
    ...options.env,
  }
  const logged: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk))
      done()
    },
  })
  const clock: TestServer['clock'] = { offset: options.clockOffset ?? 0 }
  const server: StartedServer = await startServer({
    settings: patient(env),
    log: openLogger({ level: 'debug', format: 'json', stream }),
    now: () => clock.stoppedAt ?? Date.now() + clock.offset,
  })
  const url = `http://127.0.0.1:${server.port}`
  const admin =
    options.admin ?? JSON.parse(await readFile(join(dir, 'data', 'bootstrap.json'), 'utf8'))

  // Its own, so that none of its connections is kept alive beyond its end.
  const agent = new Agent({ keepAlive: true })
  const call = (path: string, init?: RequestInit) => callBy(agent, `${url}${path}`, init)
  const token = (who: Credentials, form: Record<string, string> = {}) =>
    call(tokenPath, {
      method: 'POST',
      headers: { authorization: basic(who) },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    })
  const adminToken = async (): Promise<string> => (await token(admin)).body.access_token
  // A token does for many calls; one that is over by now is replaced.
  let rootToken: string | undefined
  const asRoot = async (ask: (authorization: string) => Promise<Answer>): Promise<Answer> => {
    const known = rootToken
    rootToken ??= await adminToken()
    const answer = await ask(`Bearer ${rootToken}`)
    if (answer.status !== 401 || known === undefined) return answer
    rootToken = await adminToken()
    return await ask(`Bearer ${rootToken}`)
  }
  return {
    url,
    dir,
    admin,
    logged,
    clock,
    call,
    token,
    adminToken,
    async manage(method, path, body, headers = {}) {
      const ask = (authorization: string) =>
        call(path, {
          method,
          headers: {
            authorization,
            'client-key': admin.clientKey,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
      return headers['authorization'] === undefined ? await asRoot(ask) : await ask('')
    },
    async close() {
      endIdle(agent)
      const since = performance.now()
      await server.close()
      // One that was slow to leave may still write.
      if (performance.now() - since < leavesWithinMs) await fresh?.leave()
      else await fresh?.drop()
      if (!options.beside) await rm(dir, { recursive: true, force: true })
    },
  }
}
