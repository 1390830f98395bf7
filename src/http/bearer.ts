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
    const why = authorization === undefined ? 'missing' : 'malformed'
    throw new Problem('actor.unauthenticated', { why })
  }
  return token
}

/** What is needed to let somebody in. */
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
      throw new Problem('actor.unauthenticated', { why: 'refused' })
    }
    if (!checked.claims.aud.includes(options.audience)) {
      const { audience } = options
      throw new Problem('actor.unauthenticated', { why: 'wrong_audience', audience })
    }
    ctx.state.actor = actorOf(checked.account, checked.claims.permissions)
    await next()
  }
}
