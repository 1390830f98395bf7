import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import type { Provider } from 'oidc-provider'
import { isProblem } from '../domain/problem.ts'
import type { Checked } from '../domain/tokens/access-token.ts'
import type { AccessToken } from '../domain/tokens/revoke.ts'
import { BodyCutShort, BodyTooLarge } from '../http/body.ts'
import { retryAfterSeconds } from '../http/problems.ts'
import { type Admission, admit, type GateOptions } from './gate.ts'
import { introspection, revocable } from './inspection.ts'
import { keepLogin, type Login, loginOf, requireLogin } from './login.ts'
import type { OAuthOptions } from './options.ts'
import { withBody } from './overrides.ts'
import { oauthSays } from './problems.ts'
import { buildProvider, paths } from './provider.ts'
import { quickGrant } from './quick.ts'
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
    const message = `body: expected at most ${error.limitBytes} bytes`
    return new Refusal(413, 'invalid_request', message).with({ Connection: 'close' })
  }
  if (error instanceof BodyCutShort) return new Refusal(400, 'invalid_request', error.message)
  if (isProblem(error, 'store.unavailable', 'store.full', 'store.damaged')) {
    const { status, error: code, message } = oauthSays(error)
    const seconds = String(retryAfterSeconds(error) ?? 2)
    return new Refusal(status, code, message).with({ 'Retry-After': seconds })
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
  ctx.type = 'text/plain'
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
  // No cross-origin reader (the core answers `*` to whoever sends no Origin).
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary']) {
    ctx.remove(name)
  }
}

function report(ctx: ParameterizedContext, options: EndpointOptions): void {
  const { path, status } = ctx
  const error = member(ctx.body, 'error')
  options.onOutcome({ path, status, error, login: loginOf(ctx), cause: causes.get(ctx) })
}

/** What was admitted to the core, by the request that the core was given. */
const admissions = new WeakMap<IncomingMessage, Admission>()

function gate(options: EndpointOptions): Middleware {
  return async function oauthGate(ctx, next) {
    const { login, error } = admissions.get(ctx.req) ?? {}
    if (login) keepLogin(ctx, login)
    try {
      if (error !== undefined) throw error
      await next()
      await settle(ctx, options)
    } catch (cause) {
      causes.set(ctx, cause)
      render(ctx, refusalOf(cause), options.issuer)
    }
    cleanHeaders(ctx)
    report(ctx, options)
  }
}

/** What the core's error events tell of a request, kept until it is answered. */
function noteCauses(provider: Provider): void {
  const note = (ctx: object, error: unknown) => {
    causes.set(ctx, error)
  }
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.on('server_error', note)
}

function send(response: ServerResponse, content: object): void {
  const body = JSON.stringify(content)
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
  })
  // All of it is ASCII: Latin 1 is the shorter way to the same bytes.
  response.end(body, 'latin1')
}

/**
 * The handler of the OAuth endpoints: what is admitted and plain is answered at once, the rest by
 * the core, behind a gate that translates what it says.
 */
export function oauthEndpoints(
  core: OAuthOptions,
  options: EndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const provider = buildProvider(core)
  provider.silent = true
  provider.use(gate(options))
  noteCauses(provider)
  const toCore = provider.callback()
  const quick = quickGrant(core)
  return async (request, response) => {
    const admission = await admit(request, options)
    const { form, login } = admission
    const isToken = request.url === paths.token && admission.error === undefined
    const granted = isToken && form && login ? await quick(form, login) : undefined
    if (granted) {
      send(response, granted)
      const outcome = { path: paths.token, status: 200, error: undefined, cause: undefined }
      options.onOutcome({ ...outcome, login })
      return
    }
    const forCore = withBody(request, admission.body)
    admissions.set(forCore, admission)
    await toCore(forCore, response)
  }
}
