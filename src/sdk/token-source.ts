import type { ClientAuthentication } from './client-authentication.ts'
import { type Clock, monotonicOf, pausesBy, type Span, spansFrom } from './clock.ts'
import { failure, OstiaryError } from './failure.ts'
import { discover, type ServerMetadata } from './metadata.ts'
import { send } from './send.ts'
import type { TransportOptions } from './transport.ts'
import { type CallOptions, unlessAborted, within } from './waiting.ts'
import { membersOf } from './words.ts'

/** Who logs in where, and how requests are sent. */
export interface LoginOptions extends TransportOptions, Clock {
  /** The issuer identifier of the server, for example `https://auth.example.com`. */
  readonly issuer: string
  readonly authentication: ClientAuthentication
}

/** Where tokens come from, and what they are asked for. */
export interface TokenSourceOptions extends LoginOptions {
  /** The permissions wanted; absent: all that the account holds. */
  readonly scope?: readonly string[] | undefined
  /** Whom the token is for; absent: the server's default resource. */
  readonly audience?: string | undefined
  /** An audience that is an absolute URI, or a place: `urn:ostiary:environment:<projectId>:<envId>`. */
  readonly resource?: string | undefined
}

/** A token, and until when it is good. */
export interface AccessToken {
  /** The JWT, for `Authorization: Bearer`. */
  readonly value: string
  /** Milliseconds. */
  readonly expiresAt: number
  readonly scope?: string
}

/** Answers a token that is still good. */
export type TokenSource = (options?: CallOptions) => Promise<AccessToken>

/** A token is renewed when a fifth of its life is left: in good time, and not by all at once. */
const renewedAfter = 0.8

/** How long a token that is still good lets its callers wait for the next one. */
const patienceMs = 1000

/** A year: what is said to live longer is no access token. */
const longestLifeSeconds = 31_536_000

interface Kept {
  readonly token: AccessToken
  readonly life: Span
}

/** The form of a token request, once the server is known. */
export type Wanted = (server: ServerMetadata) => Record<string, string>

function readToken(body: unknown, lasting: (seconds: number) => Span): Kept {
  const { access_token: value, expires_in: seconds, scope } = membersOf(body)
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds <= longestLifeSeconds
  if (typeof value !== 'string' || !isTime) {
    const message = 'the token endpoint answered without access_token and a sound expires_in'
    throw new OstiaryError('unexpected_answer', message, { status: 200 })
  }
  const life = lasting(seconds)
  const token = { value, expiresAt: life.endsAt, ...(typeof scope === 'string' && { scope }) }
  return { token, life }
}

/** Fetches tokens, and asks the server where its endpoint is when that is not known or has failed. */
function fetcher(options: LoginOptions, wanted: Wanted): () => Promise<Kept> {
  let server: ServerMetadata | undefined
  const fetchToken = async () => {
    server ??= await discover(options.issuer, options)
    const { issuer, assertionAlgorithms } = server
    const { headers, form } = await options.authentication(issuer, assertionAlgorithms)
    // Counted from before it was asked for: it is never older than it is taken for.
    const lasting = spansFrom(options)
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      ...wanted(server),
      ...form,
    })
    const answer = await send(server.tokenEndpoint, { method: 'POST', headers, body }, options)
    return readToken(answer.body, lasting)
  }
  return async () => {
    try {
      return await fetchToken()
    } catch (error) {
      server = undefined
      throw error
    }
  }
}

const goodFor = (part: number, kept: Kept | undefined) =>
  kept?.life.isWithin(part) ? kept : undefined

/** The next token, or the one that is held, for as long as that is good and the next does not come. */
async function inTime(next: Promise<Kept>, held: Kept): Promise<Kept> {
  const late = () => failure('unreachable', 'the next token takes its time')
  return await within({ ms: patienceMs, late }, () => next).catch(() => goodFor(1, held) ?? next)
}

/** Keeps a token, renews it, and pauses after failures; see `tokenSource`. */
export function keptTokens(options: LoginOptions, wanted: Wanted): TokenSource {
  const fetchToken = fetcher(options, wanted)
  const pauses = pausesBy(monotonicOf(options))
  let kept: Kept | undefined
  let pending: Promise<Kept> | undefined
  let failed: unknown
  const renew = async () => {
    try {
      kept = await fetchToken()
      pauses.succeeded()
      return kept
    } catch (error) {
      failed = error
      const askedSeconds = error instanceof OstiaryError ? error.retryAfterSeconds : undefined
      pauses.failed({ askedSeconds, free: goodFor(1, kept) === undefined })
      throw error
    } finally {
      pending = undefined
    }
  }
  const answer = async (): Promise<Kept> => {
    const fresh = goodFor(renewedAfter, kept)
    if (fresh) return fresh
    const held = goodFor(1, kept)
    if (pauses.isOn()) return held ?? (await Promise.reject(failed))
    pending ??= renew()
    return await (held ? inTime(pending, held) : pending)
  }
  return async ({ signal } = {}) => (await unlessAborted(answer(), signal)).token
}

/**
 * Fetches tokens and keeps each until it is nearly over; callers at the same moment share one
 * request. While renewing fails, a token is answered until its end. After a failure the next call
 * tries again; after more of them there are pauses, in which the last failure is thrown again.
 */
export function tokenSource(options: TokenSourceOptions): TokenSource {
  const { scope, audience, resource } = options
  return keptTokens(options, () => ({
    ...(scope && scope.length > 0 && { scope: scope.join(' ') }),
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
  }))
}
