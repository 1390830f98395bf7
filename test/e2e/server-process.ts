import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type Agent, request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach } from '@jest/globals'
import { compileCache } from '../support/compile-cache.ts'
import { eventually } from '../support/eventually.ts'
import { basic, type Credentials, tokenPath } from '../support/server.ts'

export const checkout = resolve(import.meta.dirname, '../..')
/** One issuer for all processes of a test, wherever each of them listens. */
export const issuer = 'http://localhost'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  readonly body: any
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly agent?: Agent
}

export interface Root extends Credentials {
  readonly clientKey: string
}

/** A server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess
  readonly dir: string
  readonly port: () => number
  readonly log: () => string
  readonly stderr: () => string
  /** Resolves when the log has such a line; fails when the process ends without it. */
  readonly says: (pattern: RegExp) => Promise<void>
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly call: (path: string, call?: Call) => Promise<Reply>
  readonly token: (who: Credentials, form?: Record<string, string>) => Promise<Reply>
  readonly root: () => Promise<Root>
  readonly manage: (root: Root, method: string, path: string, body?: object) => Promise<Reply>
}

interface Started {
  readonly running: Set<ServerProcess>
  readonly folders: Set<string>
}

const ofTest: Started = { running: new Set(), folders: new Set() }
const ofSuite: Started = { running: new Set(), folders: new Set() }

async function end({ running, folders }: Started): Promise<void> {
  for (const { child, exit } of running) {
    child.kill('SIGKILL')
    await exit
  }
  for (const dir of folders) await rm(dir, { recursive: true, force: true })
  running.clear()
  folders.clear()
}

/** Whatever a test leaves behind ends with it. */
afterEach(() => end(ofTest))

/** What was started until now serves all tests of the suite, which ends it itself. */
export function keepForSuite(): void {
  for (const server of ofTest.running) ofSuite.running.add(server)
  for (const dir of ofTest.folders) ofSuite.folders.add(dir)
  ofTest.running.clear()
  ofTest.folders.clear()
}

/** Ends what was kept for the suite, and what was not kept since something failed before. */
export async function endKept(): Promise<void> {
  await end(ofTest)
  await end(ofSuite)
}

export async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-process-'))
  ofTest.folders.add(dir)
  return dir
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export async function callPort(port: number, path: string, call: Call = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body, agent } = call
  const request = send({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { host: 'localhost', ...headers },
    ...(agent && { agent }),
  })
  request.end(body)
  const [response] = await once(request, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode, headers: response.headers, text, body: parsed(text) }
}

export const form = (members: Record<string, string>) => ({
  method: 'POST',
  body: String(new URLSearchParams(members)),
})

export function tokenCall(who: Credentials, members: Record<string, string> = {}): Call {
  return {
    ...form({ grant_type: 'client_credentials', ...members }),
    headers: {
      authorization: basic(who),
      'content-type': 'application/x-www-form-urlencoded',
    },
  }
}

async function manageVia(
  server: Pick<ServerProcess, 'call' | 'token'>,
  { root, method, path, body }: { root: Root; method: string; path: string; body?: object },
): Promise<Reply> {
  const token = (await server.token(root)).body?.access_token
  return await server.call(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'client-key': root.clientKey,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}

/** The settings of a server whose data, keys and port are its own. */
export function settingsIn(dir: string): Readonly<Record<string, string>> {
  return {
    OSTIARY_HTTP_PORT: '0',
    OSTIARY_ISSUER: issuer,
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: 'ES256',
  }
}

function spawned(dir: string, env: Readonly<Record<string, string>>, command?: readonly string[]) {
  const [file = process.execPath, ...rest] = command ?? [process.execPath, 'src/main.ts']
  return spawn(file, rest, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...compileCache,
      HOME: dir,
      ...settingsIn(dir),
      ...env,
    },
  })
}

/** Starts a process without waiting for anything. */
export function launch(
  dir: string,
  env: Readonly<Record<string, string>> = {},
  command?: readonly string[],
): ServerProcess {
  const child = spawned(dir, env, command)
  let log = ''
  let stderr = ''
  let isOver = false
  child.stdout.on('data', (chunk) => {
    log += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exit = once(child, 'close').then(([code, signal]) => {
    isOver = true
    ofTest.running.delete(server)
    return { code, signal }
  })
  const port = () => Number(/"message":"ready",.*?"port":(\d+)/.exec(log)?.[1] ?? 0)
  const call = (path: string, what?: Call) => callPort(port(), path, what)
  const token = (who: Credentials, members?: Record<string, string>) =>
    call(tokenPath, tokenCall(who, members))
  const server: ServerProcess = {
    child,
    dir,
    port,
    log: () => log,
    stderr: () => stderr,
    exit,
    call,
    token,
    async says(pattern) {
      await eventually(() => pattern.test(log) || isOver)
      if (!pattern.test(log)) throw new Error(`never said ${pattern}: ${log}${stderr}`)
    },
    root: async () => JSON.parse(await readFile(join(dir, 'data', 'bootstrap.json'), 'utf8')),
    manage: (root, method, path, body) =>
      manageVia({ call, token }, { root, method, path, ...(body && { body }) }),
  }
  ofTest.running.add(server)
  return server
}

/** Starts a server and waits until it is ready. */
export async function start(
  dir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const server = launch(dir, env)
  await server.says(/"message":"ready"/)
  return server
}

/** Asks a server to stop, and waits until it has. */
export async function stop(server: ServerProcess) {
  server.child.kill('SIGTERM')
  return await server.exit
}
