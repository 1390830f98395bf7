import type { IncomingMessage } from 'node:http'
import type { Middleware } from 'koa'
import { type Actor, actorOf, type PersonLogin, type Principal } from '../domain/context.ts'
import { isProblem, Problem } from '../domain/problem.ts'
import { ceilingOf } from '../domain/tokens/ceiling.ts'
import type { Checked, StandingToken } from '../domain/tokens/kinds.ts'
import { digestOfToken, shortened } from '../domain/tokens/token.ts'

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
  /** Told of every use of a token that lives long. */
  readonly onUse: (tokenId: string, request: IncomingMessage) => void
  /** Milliseconds. */
  readonly now: () => number
}

/** Refusals that newer knowledge could turn: it, or its account, may have been made elsewhere. */
const open: ReadonlySet<string> = new Set([
  'account_gone',
  'account_disabled',
  'token_gone',
  'token_replaced',
])

/** Judges a token of ours, and once more by what other processes know where that could tell. */
async function checkWith(
  token: string,
  { ensureFresh, refresh, check }: CheckOptions,
  couldTurn: (checked: Checked) => boolean,
): Promise<Checked> {
  await ensureFresh()
  const first = check(token)
  if (!couldTurn(first)) return first
  await refresh().catch(() => undefined)
  return check(token)
}

const mayBeMade = (checked: Checked) => !checked.ok && open.has(checked.why)

/**
 * Whether a token of ours stands by every write that was acknowledged: the value of one that lives long
 * may have been replaced in another process a moment ago.
 */
export async function checkExactly(token: string, options: CheckOptions): Promise<Checked> {
  return await checkWith(token, options, (checked) => {
    return mayBeMade(checked) || (checked.ok && checked.kind === 'project')
  })
}

/** A token that stands. Fails with `actor.unauthenticated`, which says what is wrong with it. */
export function assertStands(checked: Checked): StandingToken {
  if (checked.ok) return checked
  const { why: fault, token: named } = checked
  throw new Problem('actor.unauthenticated', {
    why: 'refused',
    fault,
    ...(named && { token: named }),
  })
}

function accountOf(checked: StandingToken, jwt: string): Principal {
  const { account } = checked
  if (checked.kind === 'access') return actorOf(account, ceilingOf(checked.claims, account))
  const { token_id: id, exp } = checked.claims
  const digest = shortened(digestOfToken(jwt))
  return { ...actorOf(account, undefined), token: { id, digest, expiresAt: exp * 1000 } }
}

/**
 * Who holds this token of ours for this audience, by what is known now; whoever does something with one that lives
 * long is asked for it again by the use case. Fails with `actor.unauthenticated`.
 */
async function accountActor(token: string, options: AuthenticateOptions): Promise<Principal> {
  const checked = assertStands(await checkWith(token, options, mayBeMade))
  if (!checked.claims.aud.includes(options.audience)) {
    const { audience } = options
    throw new Problem('actor.unauthenticated', { why: 'wrong_audience', audience })
  }
  return accountOf(checked, token)
}

/** Who holds this token, by what is known now. Fails with `actor.unauthenticated`. */
export async function bearerActor(
  request: IncomingMessage,
  options: AuthenticateOptions,
): Promise<Principal> {
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

/** A token that ends within so long is said to end. */
const agedMs = 30 * 86_400_000

/** Lets in whoever holds a token for this server, and notes who it is. */
export function authenticate(options: AuthenticateOptions): Middleware<RequestState> {
  return async function authenticateBearer(ctx, next) {
    const actor = await bearerActor(ctx.req, options)
    ctx.state.actor = actor
    const token = actor.kind === 'account' ? actor.token : undefined
    if (token) {
      options.onUse(token.id, ctx.req)
      // RFC 8594: whoever uses it is told in time.
      if (token.expiresAt - options.now() <= agedMs) {
        ctx.set('Sunset', new Date(token.expiresAt).toUTCString())
      }
    }
    await next()
  }
}
