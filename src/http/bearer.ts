import type { Middleware } from 'koa'
import { type Actor, actorOf } from '../domain/context.ts'
import { Problem } from '../domain/problem.ts'
import type { Checked } from '../domain/tokens/access-token.ts'

/** What a request of a management API is known to be. */
export interface RequestState {
  actor: Actor
}

const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** Reads one Bearer token (RFC 6750 §2.1). Fails with `actor.unauthenticated`. */
export function bearerToken(authorization: string | undefined): string {
  const token = bearer.exec(authorization ?? '')?.[1]
  if (token === undefined) {
    const message = 'Authorization: expected Bearer and an access token'
    // The field tells that no credentials came at all (RFC 6750 §3.1).
    const missing = authorization === undefined ? { field: 'Authorization' } : {}
    throw new Problem('actor.unauthenticated', message, missing)
  }
  return token
}

export interface AuthenticateOptions {
  readonly check: (token: string) => Checked
  /** Fails with `store.unavailable` when too old to be believed. */
  readonly assertFresh: () => void
  /** The audience that a token must have to be used here. */
  readonly audience: string
}

/** Lets in whoever holds one of our tokens for this audience, and notes who it is. */
export function authenticate(options: AuthenticateOptions): Middleware<RequestState> {
  return async function authenticateBearer(ctx, next) {
    const token = bearerToken(ctx.headers.authorization)
    options.assertFresh()
    const checked = options.check(token)
    if (!checked.ok) {
      throw new Problem('actor.unauthenticated', 'The access token is invalid, expired or revoked')
    }
    if (!checked.claims.aud.includes(options.audience)) {
      const message = `The access token is for another audience; ask for one for ${options.audience}`
      throw new Problem('actor.unauthenticated', message)
    }
    ctx.state.actor = actorOf(checked.account, checked.claims.permissions)
    await next()
  }
}
