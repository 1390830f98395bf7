import { oneOf } from './answers.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { type Outgoing, type Received, send } from './send.ts'
import { stream } from './stream.ts'
import { keptTokens, type TokenSource } from './token-source.ts'
import type { TransportOptions } from './transport.ts'
import type { CallOptions } from './waiting.ts'
import { fromFile } from './words.ts'

/** Who calls: a login, whose tokens are for the server itself, or tokens from elsewhere. */
export type AdminLogin =
  | { readonly authentication: ClientAuthentication; readonly token?: never }
  | { readonly token: TokenSource; readonly authentication?: never }

/** Where the management API is, and who calls it. */
export type AdminClientOptions = AdminLogin &
  TransportOptions & {
    /** Where the server is: its issuer identifier. */
    readonly url: string
    /** The key of the calling application, for the header Client-key. */
    readonly clientKey?: string | undefined
  }

/** What a change depends on. */
export interface ChangeOptions extends CallOptions {
  /** `etag` of the record as it was read: if it has changed since, the change is refused (412). */
  readonly ifMatch?: string | undefined
}

/** What a reading depends on. */
export interface ReadOptions extends CallOptions {
  /** `etag` of what was read before: if it is still the same, the reading fails with `not_modified`. */
  readonly ifNoneMatch?: string | undefined
}

/** What was answered, and the tag of this state of it, for `ifMatch` and `ifNoneMatch`. */
export type Tagged<T> = T & { readonly etag?: string }

/** A method that changes what is there; its last argument says on which condition. */
export type Change<Given extends readonly unknown[], T> = (
  ...given: readonly [...Given, options?: ChangeOptions]
) => Promise<T>

/** What is sent, and on which condition. */
interface Call extends ChangeOptions, ReadOptions {
  readonly body?: object
}

/** Calls the management API. Fails with OstiaryError. */
export interface Caller {
  (method: Outgoing['method'], path: string, call?: Call): Promise<Received>
  /** Reads a long answer of this media type, a part at a time. */
  readonly stream: (path: string, type: string, options?: CallOptions) => AsyncIterable<string>
}

/** Tokens for the issuer that the metadata names, however its URL was typed. */
function tokensOf(options: AdminClientOptions): TokenSource {
  if (options.token) return options.token
  const { url: issuer } = options
  return keptTokens({ ...options, issuer }, (server) => ({ audience: server.issuer }))
}

/** Calls the management API as whoever the options name. */
export function callerOf(options: AdminClientOptions): Caller {
  const { url, clientKey } = options
  const token = tokensOf(options)
  const base = url.replace(/\/+$/, '')
  const asking = async ({ signal }: CallOptions) => {
    const { value } = await token({ signal })
    return {
      authorization: `Bearer ${value}`,
      ...(clientKey !== undefined && { 'client-key': fromFile(clientKey) }),
    }
  }
  const call = async (
    method: Outgoing['method'],
    path: string,
    { body, ifMatch, ifNoneMatch, signal }: Call = {},
  ) => {
    const headers = {
      ...(await asking({ signal })),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      // Fetch would forbid an answer from what is known, unless it is told otherwise.
      ...(ifNoneMatch !== undefined && {
        'if-none-match': ifNoneMatch,
        'cache-control': 'max-age=0',
      }),
      ...(body && { 'content-type': 'application/json' }),
    }
    const request = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    return await send(`${base}${path}`, request, { ...options, signal })
  }
  async function* streamed(path: string, type: string, { signal }: CallOptions = {}) {
    const headers = { ...(await asking({ signal })), accept: type }
    const request = { method: 'GET', headers, type } as const
    yield* stream(`${base}${path}`, request, { ...options, signal })
  }
  return Object.assign(call, { stream: streamed })
}

/** The one record that was answered, with its tag. */
export function tagged<T>(received: Received, is: (value: unknown) => value is T): Tagged<T> {
  // The server's tags are strong: W/ is of a proxy that compressed, and would fit no change.
  const etag = received.headers.get('etag')?.replace(/^W\//, '')
  return { ...oneOf(received, is), ...(etag !== undefined && { etag }) }
}
