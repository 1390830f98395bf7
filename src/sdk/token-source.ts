import type { ClientAuthentication } from './client-authentication.ts'
import { OstiaryError } from './failure.ts'
import { membersOf, send } from './send.ts'

/** Where tokens come from, and what they are asked for. */
export interface TokenSourceOptions {
  /** The issuer identifier of the server, for example `https://auth.example.com`. */
  readonly issuer: string
  readonly authentication: ClientAuthentication
  /** The permissions wanted; absent: all that the account holds. */
  readonly scope?: readonly string[] | undefined
  /** Whom the token is for; absent: the server's default resource. */
  readonly audience?: string | undefined
  /** Milliseconds; a test's own clock. */
  readonly now?: () => number
}

/** A token, and until when it is good. */
export interface AccessToken {
  /** The JWT, for `Authorization: Bearer`. */
  readonly value: string
  /** Milliseconds. */
  readonly expiresAt: number
  readonly scope?: string
}

/** Answers a token that is still good for a while. */
export type TokenSource = () => Promise<AccessToken>

/** A token is renewed when a fifth of its life is left: in good time, and not by all at once. */
const renewedAfter = 0.8

function formOf({ scope, audience }: TokenSourceOptions): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    ...(scope && scope.length > 0 && { scope: scope.join(' ') }),
    ...(audience !== undefined && { audience }),
  }
}

function readToken(body: unknown, now: number): AccessToken & { readonly renewAt: number } {
  const { access_token: value, expires_in: seconds, scope } = membersOf(body)
  if (typeof value !== 'string' || typeof seconds !== 'number') {
    const message = 'the token endpoint answered without access_token and expires_in'
    throw new OstiaryError('unexpected_answer', message, { status: 200 })
  }
  return {
    value,
    expiresAt: now + seconds * 1000,
    renewAt: now + seconds * 1000 * renewedAfter,
    ...(typeof scope === 'string' && { scope }),
  }
}

async function fetchToken(options: TokenSourceOptions, now: () => number) {
  const issuer = options.issuer.replace(/\/$/, '')
  const { headers, form } = await options.authentication(issuer)
  const { body } = await send(new URL(`${issuer}/api/m2m/oauth/token`), {
    method: 'POST',
    ...(headers && { headers: { ...headers } }),
    body: new URLSearchParams({ ...formOf(options), ...form }),
  })
  return readToken(body, now())
}

/**
 * Fetches tokens and keeps each until it is nearly over; callers at the same moment share one
 * request. A refusal (OstiaryError) is not kept: the next call tries again.
 */
export function tokenSource(options: TokenSourceOptions): TokenSource {
  const { now = Date.now } = options
  let kept: Awaited<ReturnType<typeof fetchToken>> | undefined
  let pending: Promise<AccessToken> | undefined
  const renew = async () => {
    kept = await fetchToken(options, now)
    return kept
  }
  return async () => {
    if (kept && now() < kept.renewAt) return kept
    pending ??= renew().finally(() => {
      pending = undefined
    })
    return await pending
  }
}
