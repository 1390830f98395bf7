import { mkdtemp, readFile, rm } from 'node:fs/promises'
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

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  return { status: response.status, headers: response.headers, text, body }
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

  const call = async (path: string, init: RequestInit = {}) =>
    await answerOf(await fetch(`${url}${path}`, { redirect: 'manual', ...init }))
  const token = (who: Credentials, form: Record<string, string> = {}) =>
    call(tokenPath, {
      method: 'POST',
      headers: { authorization: basic(who) },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    })
  const adminToken = async (): Promise<string> => (await token(admin)).body.access_token
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
      return await call(path, {
        method,
        headers: {
          authorization: `Bearer ${await adminToken()}`,
          'client-key': admin.clientKey,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    },
    async close() {
      await server.close()
      await fresh?.drop()
      if (!options.beside) await rm(dir, { recursive: true, force: true })
    },
  }
}
