import type { ServerResponse } from 'node:http'
import type { ParameterizedContext } from 'koa'
import type { LoginAttempt } from './attempt.ts'
import type { TokenAnswer } from './grant.ts'
import { refusalOf } from './problems.ts'
import { basicChallenge, Refusal, unionBody } from './refusals.ts'

/** How a request ended. */
export type Ending =
  | { readonly is: 'answered'; readonly status: number }
  | {
      readonly is: 'refused'
      readonly status: number
      readonly error: string
      /** What exactly was wrong with the request, where its sender is not told. */
      readonly detail: string | undefined
    }
  | { readonly is: 'failed'; readonly status: number; readonly cause: unknown }

/** How far a login came and how its request ended: for the log, the throttle and the audit log. */
export interface Outcome {
  readonly attempt: LoginAttempt
  readonly ending: Ending
  /** From the end of the headers to the end of the answer. */
  readonly durationMs: number
}

/** What a report needs to know. */
export interface ReportOptions {
  readonly issuer: string
  /** The status of a refused assertion. */
  readonly assertionRefusalStatus: 401 | 403
  readonly onOutcome: (outcome: Outcome) => void
}

/** Tells how a request ended. */
export function report(attempt: LoginAttempt, ending: Ending, options: ReportOptions): void {
  const durationMs = performance.now() - attempt.origin.startedAt
  options.onOutcome({ attempt, ending, durationMs })
}

/** Answers with a token, and tells so. */
export function sendToken(
  response: ServerResponse,
  { answer, attempt }: { readonly answer: TokenAnswer; readonly attempt: LoginAttempt },
  options: ReportOptions,
): void {
  const { access_token: token, ...rest } = answer
  // A compact JWS (RFC 7515 §7.1) has nothing that JSON escapes, and is too long to be looked through for it.
  const body = `{"access_token":"${token}",${JSON.stringify(rest).slice(1)}`
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
  })
  // All of it is ASCII: so many bytes as characters, and Latin 1 is the shorter way to them.
  response.end(body, 'latin1')
  report(attempt, { is: 'answered', status: 200 }, options)
}

/** A login that was read and is refused: of an assertion, an operator may want another status. */
function asConfigured(refusal: Refusal, attempt: LoginAttempt, options: ReportOptions): Refusal {
  if (refusal.code !== 'login_refused' || attempt.stage === 'unread') return refusal
  const isForbidden =
    attempt.presented.method === 'private_key_jwt' && options.assertionRefusalStatus === 403
  return isForbidden ? new Refusal('login_forbidden') : refusal
}

/** Writes a refusal into the answer of the core, and tells how the request thereby ends. */
export function renderRefusal(
  ctx: ParameterizedContext,
  { cause, attempt }: { readonly cause: unknown; readonly attempt: LoginAttempt },
  options: ReportOptions,
): Ending {
  const refusal = asConfigured(refusalOf(cause), attempt, options)
  const { status, error } = refusal
  ctx.status = status
  ctx.body = unionBody(status, error, refusal.message)
  ctx.set({ ...refusal.headers })
  if (status === 401) ctx.set('WWW-Authenticate', basicChallenge(options.issuer))
  const detail = refusal.logged
  return status < 500 ? { is: 'refused', status, error, detail } : { is: 'failed', status, cause }
}
