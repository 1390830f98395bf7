import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import { errors, type Provider } from 'oidc-provider'
import type { Checked, StandingToken } from '../domain/tokens/kinds.ts'
import { answersAtOnce } from '../http/answering.ts'
import { type Granted, type Proven, refused } from './attempt.ts'
import { type CoreRun, keepRun, provenOf, runOf } from './core-run.ts'
import { introspection, revocable } from './inspection.ts'
import type { Lookups, OAuthOptions } from './options.ts'
import { withBody } from './overrides.ts'
import { buildProvider, paths } from './provider.ts'
import { Refusal, type RefusalCode } from './refusals.ts'
import { type Ending, type ReportOptions, renderRefusal, report } from './report.ts'
import { standingOf } from './standing.ts'

/** What is asked of the rest of the system where the core does not know an answer. */
export interface CoreOptions extends ReportOptions {
  /** Judges a token by every write that was acknowledged. */
  readonly check: (token: string) => Promise<Checked>
  readonly revoke: (login: Proven | Granted, token: StandingToken) => Promise<void>
}

type Members = Readonly<Record<string, unknown>>

function membersOf(body: unknown): Members {
  return typeof body === 'object' && body !== null ? { ...body } : {}
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Answers for a token of ours; the core, which knows opaque ones only, has proven the client. */
function tokenAnswerer(options: CoreOptions, lookups: Lookups) {
  return async (ctx: ParameterizedContext, run: CoreRun): Promise<void> => {
    const login = provenOf(run)
    const standing = standingOf(login, lookups)
    if (!standing.stands) {
      run.attempt = refused(login, standing.why)
      throw new Refusal('login_refused')
    }
    const checked = await options.check(login.token ?? '')
    ctx.status = 200
    if (ctx.path === paths.introspection) {
      ctx.body = introspection(checked, standing.account, lookups)
      return
    }
    const own = revocable(checked, standing.account)
    if (own) await options.revoke(login, own)
    ctx.status = 200
    ctx.body = ''
    ctx.type = 'text/plain'
  }
}

/** The core's error codes in ours; the others are all of a request that is malformed. */
const codes: ReadonlyMap<string, RefusalCode> = new Map([
  ['invalid_client', 'login_refused'],
  ['invalid_scope', 'scope_malformed'],
  ['invalid_target', 'target_malformed'],
  ['unsupported_grant_type', 'grant_unsupported'],
])

const notAllowed = 'requested grant type is not allowed for this client'

/** The core's refusal in our words: nothing in it tells one refused login from another. */
function translated(error: string, description: string, cause: unknown): unknown {
  if (error === 'server_error') return cause
  if (description === notAllowed) return new Refusal('grant_not_allowed', description)
  return new Refusal(codes.get(error) ?? 'request_malformed', description)
}

/** A login that the core refused: with our own reason, or with what the core found in it. */
function noteRefused(run: CoreRun): void {
  const { attempt, cause } = run
  if (attempt.stage === 'unread') return
  const said = cause instanceof errors.OIDCProviderError ? (cause.error_detail ?? '') : ''
  if (attempt.stage === 'refused') {
    if (attempt.detail === '') run.attempt = { ...attempt, detail: said }
    return
  }
  const account = attempt.stage === 'read' ? undefined : attempt.account
  run.attempt = refused(attempt, { reason: 'bad_assertion', detail: said, account })
}

function cleanHeaders(ctx: ParameterizedContext): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Pragma', 'no-cache')
  // No cross-origin reader (the core answers `*` to whoever sends no Origin).
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'Vary']) {
    ctx.remove(name)
  }
}

function gate(options: CoreOptions, lookups: Lookups): Middleware {
  const answerForJwt = tokenAnswerer(options, lookups)
  const settle = async (ctx: ParameterizedContext, run: CoreRun): Promise<void> => {
    const { error, error_description: description } = membersOf(ctx.body)
    const code = text(error)
    if (code === undefined) return
    if (code === 'unsupported_token_type') return await answerForJwt(ctx, run)
    if (run.refusal) throw run.refusal
    if (code === 'invalid_client') noteRefused(run)
    throw translated(code, text(description) ?? code, run.cause)
  }
  return async function oauthGate(ctx, next) {
    const run = runOf(ctx)
    let ending: Ending = { is: 'answered', status: 200 }
    try {
      if (run.cause !== undefined) throw run.cause
      await next()
      await settle(ctx, run)
    } catch (cause) {
      ending = renderRefusal(ctx, { cause, attempt: run.attempt }, options)
    }
    cleanHeaders(ctx)
    report(run.attempt, ending, options)
  }
}

/** What the core's error events tell of a request, kept until it is answered. */
function noteCauses(provider: Provider): void {
  const note = (ctx: { readonly req: IncomingMessage }, error: unknown) => {
    runOf(ctx).cause = error
  }
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.on('server_error', note)
}

/** A request for the core: what was read of it, and how far its login has come. */
export interface CoreRequest {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly run: CoreRun
}

/** The core, behind a gate that translates what it says and renders every refusal. */
export function openCore(
  core: OAuthOptions,
  options: CoreOptions,
): (asked: CoreRequest, response: ServerResponse) => Promise<void> {
  const provider = answersAtOnce(buildProvider(core))
  provider.silent = true
  provider.use(gate(options, core.lookups))
  noteCauses(provider)
  const callback = provider.callback()
  return async ({ request, body, run }, response) => {
    const forCore = withBody(request, body)
    keepRun(forCore, run)
    await callback(forCore, response)
  }
}
