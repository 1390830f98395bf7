import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import { type Actor, actorOf, type PersonLogin } from '../domain/context.ts'
import { isProblem, Problem } from '../domain/problem.ts'
import type { Checked } from '../domain/tokens/access-token.ts'
import { ceilingOf } from '../domain/tokens/ceiling.ts'

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

/** How a token is checked. */
export interface CheckOptions {
  readonly check: (token: string) => Checked
  /** Fails with `store.unavailable` when what is known is too old to be believed. */
  readonly ensureFresh: () => Promise<void>
  /** Learns what other processes know. */
  readonly refresh: () => Promise<void>
}

/** How somebody is let in. */
export interface AuthenticateOptions extends CheckOptions {
  /** The audience that a token must have to be used here. */
  readonly audience: string
  /** Who holds a token that a trusted issuer made; undefined when it is none, or not good. */
  readonly personOf: (token: string, request: IncomingMessage) => Promise<PersonLogin | undefined>
}

/** Refusals that newer knowledge could turn: its account may have been made, or enabled, elsewhere. */
const open: ReadonlySet<string> = new Set(['account_gone', 'account_disabled'])

/** A token of ours that stands by what is known now. Fails with `actor.unauthenticated`. */
export async function checkedToken(
  token: string,
  { ensureFresh, refresh, check }: CheckOptions,
): Promise<Extract<Checked, { readonly ok: true }>> {
  await ensureFresh()
  const first = check(token)
  if (first.ok) return first
  if (open.has(first.why)) await refresh().catch(() => undefined)
  const checked = check(token)
  if (checked.ok) return checked
  throw new Problem('actor.unauthenticated', { why: 'refused' })
}

/** Who holds this token of ours for this audience, by what is known now. Fails with `actor.unauthenticated`. */
async function accountActor(token: string, options: AuthenticateOptions): Promise<Actor> {
  const checked = await checkedToken(token, options)
  if (!checked.claims.aud.includes(options.audience)) {
    const { audience } = options
    throw new Problem('actor.unauthenticated', { why: 'wrong_audience', audience })
  }
  return actorOf(checked.account, ceilingOf(checked.claims, checked.account))
}

/** Who holds this token, by what is known now. Fails with `actor.unauthenticated`. */
export async function bearerActor(
  request: IncomingMessage,
  options: AuthenticateOptions,
): Promise<Actor> {
  const token = bearerToken(request.headers.authorization)
  try {
    return await accountActor(token, options)
  } catch (error) {
    if (!isProblem(error, 'actor.unauthenticated')) throw error
    // A token that is none of ours may be a person's; if not, it is refused as it was.
    const person = await options.personOf(token, request)
    if (person === undefined) throw error
    return person
  }
}

/** Lets in whoever holds a token for this server, and notes who it is. */
export function authenticate(options: AuthenticateOptions): Middleware<RequestState> {
  return async function authenticateBearer(ctx, next) {
    ctx.state.actor = await bearerActor(ctx.req, options)
    await next()
  }
}
