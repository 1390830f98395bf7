import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import { type ClientKey, namesApplication } from '../domain/client-keys/client-key.ts'
import { Problem } from '../domain/problem.ts'
import { digestWith, isMistyped, type Pepper } from '../domain/secret.ts'

/** How client keys are known. */
export interface ClientKeyOptions {
  readonly keyByDigest: (digest: string) => ClientKey | undefined
  readonly peppers: readonly Pepper[]
  /** Learns what other processes know. */
  readonly refresh: () => Promise<void>
  /** Values that are tolerated and open nothing. */
  readonly publicKeys: readonly string[]
  /** Milliseconds. */
  readonly now: () => number
  /** Told of every key that named its application, its value, and in which request. */
  readonly onUse: (key: ClientKey, value: string, request: IncomingMessage) => void
  /** Whether a known key is demanded, or merely none that is wrong. */
  readonly isRequired: boolean
}

function knownHere(value: string, options: ClientKeyOptions): ClientKey | undefined {
  const { keyByDigest, peppers, now } = options
  for (const pepper of peppers) {
    const key = keyByDigest(digestWith(pepper, value).value)
    if (key?.digest.pepper === pepper.id && namesApplication(key, now())) return key
  }
  return undefined
}

/** Nothing is refused on old knowledge: another process may just have made the key. */
async function known(value: string, options: ClientKeyOptions): Promise<ClientKey | undefined> {
  if (isMistyped('clientKey', value)) return undefined
  const key = knownHere(value, options)
  if (key) return key
  await options.refresh().catch(() => undefined)
  return knownHere(value, options)
}

/** Whether a request may go on by what it says of its application. */
async function isGood(request: IncomingMessage, options: ClientKeyOptions): Promise<boolean> {
  const value = givenClientKey(request)
  if (value === '' || options.publicKeys.includes(value)) return !options.isRequired
  const key = await known(value, options)
  if (key) options.onUse(key, value, request)
  return key !== undefined
}

const cookieName = 'mia_client_key'

function cookieKey(cookies: string): string {
  const [value = ''] = cookies
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
  return value.slice(cookieName.length + 1)
}

/** What a request says of its application: in the header Client-key, in secret, or in a cookie. */
export function givenClientKey({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const { 'client-key': key, secret, cookie = '' } = headers
  return String(key ?? secret ?? cookieKey(cookie))
}

/** Fails with `client_key.refused` when the application that calls is unknown, or must be known. */
export async function assertClientKey(
  request: IncomingMessage,
  options: ClientKeyOptions,
): Promise<void> {
  if (!(await isGood(request, options))) {
    throw new Problem('client_key.refused', {})
  }
}

/** Reads which application calls. Fails with `client_key.refused`. */
export function clientKey(options: ClientKeyOptions): Middleware {
  return async function checkClientKey(ctx, next) {
    await assertClientKey(ctx.req, options)
    await next()
  }
}
