import type { Middleware, ParameterizedContext } from 'koa'
import type { Provider } from 'oidc-provider'
import { isProblem } from '../domain/problem.ts'
import type { AccessToken } from '../domain/tokens.ts'
import type { Checked } from '../http/access-tokens.ts'
import { BodyTooLarge } from '../http/body.ts'
import { admit, type GateOptions } from './gate.ts'
import { introspection, revocable } from './inspection.ts'
import { type Login, loginOf, requireLogin } from './login.ts'
import { paths } from './provider.ts'
import { basicChallenge, loginRefused, Refusal, unionBody } from './refusals.ts'

/** How a request to one of the endpoints ended: for the log, the throttle and the audit log. */
export interface Outcome {
  readonly path: string
  readonly status: number
  readonly error: string | undefined
  readonly login: Login | undefined
  readonly cause: unknown
}

export interface EndpointOptions extends GateOptions {
  readonly issuer: string
  /** The status of a refused assertion. */
  readonly assertionRefusalStatus: 401 | 403
  readonly check: (token: string) => Checked
  readonly revoke: (login: Login, token: AccessToken) => Promise<void>
  readonly onOutcome: (outcome: Outcome) => void
}

/** What the core's error events told of a request, until it is answered. */
const causes = new WeakMap<object, unknown>()

function member(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof BodyTooLarge) {
    return new Refusal(413, 'invalid_request', `body: expected at most ${error.limitBytes} bytes`, {
      Connection: 'close',
    })
  }
  if (isProblem(error, 'store.unavailable', 'store.full')) {
    return new Refusal(503, 'temporarily_unavailable', error.message, {
      'Retry-After': String(error.retryAfterSeconds ?? 2),
    })
  }
  return new Refusal(500, 'server_error', 'the request failed; the log has its request id')
}

function render(ctx: ParameterizedContext, refusal: Refusal, issuer: string): void {
  ctx.status = refusal.status
  ctx.body = unionBody(refusal.status, refusal.error, refusal.message)
  ctx.set({ ...refusal.headers })
  if (refusal.status === 401) ctx.set('WWW-Authenticate', basicChallenge(issuer))
}

/** The core knows only opaque tokens: where it declines a JWT, it has authenticated the client. */
async function answerForJwt(ctx: ParameterizedContext, options: EndpointOptions): Promise<void> {
  const { login, account } = requireLogin(ctx)
  const checked = options.check(login.token ?? '')
  if (ctx.path === paths.introspection) {
    ctx.status = 200
    ctx.body = introspection(checked, account)
    return
  }
  const claims = revocable(checked, account)
  if (claims) {
    const { jti, client_id: clientId, exp } = claims
    await options.revoke(login, { jti, clientId, expiresAt: exp * 1000 })
  }
  ctx.status = 200
  ctx.body = ''
}

const notAllowed = 'requested grant type is not allowed for this client'

/** The core's refusal in our words: nothing in it tells one refused login from another. */
function translate(ctx: ParameterizedContext, error: string, options: EndpointOptions): Refusal {
  const cause = causes.get(ctx)
  if (error === 'server_error') return refusalOf(cause)
  if (error === 'invalid_client') {
    const isAssertion = loginOf(ctx)?.presented.method === 'private_key_jwt'
    const status = isAssertion ? options.assertionRefusalStatus : 401
    return new Refusal(status, 'invalid_client', loginRefused)
  }
  const description = member(ctx.body, 'error_description') ?? error
  if (description === notAllowed) return new Refusal(400, 'unauthorized_client', description)
  return new Refusal(ctx.status, asOAuthError(error), description)
}

function asOAuthError(error: string) {
  const known = ['invalid_scope', 'invalid_target', 'unsupported_grant_type'] as const
  return known.find((code) => code === error) ?? 'invalid_request'
}

async function settle(ctx: ParameterizedContext, options: EndpointOptions): Promise<void> {
  const error = member(ctx.body, 'error')
  if (error === undefined) return
  if (error === 'unsupported_token_type') await answerForJwt(ctx, options)
  else render(ctx, translate(ctx, error, options), options.issuer)
}

function cleanHeaders(ctx: ParameterizedContext): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Pragma', 'no-cache')
  ctx.set('X-Content-Type-Options', 'nosniff')
  // No cross-origin reader (the core answers `*` to whoever sends no Origin).
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary']) {
    ctx.remove(name)
  }
}

function gate(options: EndpointOptions): Middleware {
  return async function oauthGate(ctx, next) {
    ctx.req.headers.accept = 'application/json'
    delete ctx.req.headers.origin
    let cause: unknown
    try {
      await admit(ctx, options)
      await next()
      await settle(ctx, options)
    } catch (error) {
      cause = error
      render(ctx, refusalOf(error), options.issuer)
    }
    cleanHeaders(ctx)
    const { path, status } = ctx
    const login = loginOf(ctx)
    cause ??= causes.get(ctx)
    options.onOutcome({ path, status, error: member(ctx.body, 'error'), login, cause })
  }
}

/** Puts our gate before the core: what it admits the core handles, and what it says we translate. */
export function guardEndpoints(provider: Provider, options: EndpointOptions): void {
  provider.use(gate(options))
  const note = (ctx: object, error: unknown) => {
    causes.set(ctx, error)
  }
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.on('server_error', note)
}
