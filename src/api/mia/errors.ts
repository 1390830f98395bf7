import { STATUS_CODES } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import { isProblem, Problem } from '../../domain/problem.ts'

/** The console's error body; `code` is stable and made for programs. */
export function errorBody(problem: Problem) {
  return {
    statusCode: problem.status,
    error: STATUS_CODES[problem.status] ?? 'Error',
    message: problem.message,
    code: problem.code,
    ...(problem.field !== undefined && { field: problem.field }),
  }
}

/** The headers that go with a problem: how to log in, when to try again. */
export function errorHeaders(problem: Problem, issuer: string): Readonly<Record<string, string>> {
  const retry = problem.retryAfterSeconds
  const challenge = `Bearer realm="${issuer}"`
  return {
    'Cache-Control': 'no-store',
    ...(retry !== undefined && { 'Retry-After': String(retry) }),
    ...(problem.status === 401 && {
      'WWW-Authenticate':
        // RFC 6750 §3.1: no error code for a request that brought no token.
        problem.code === 'actor.unauthenticated' && problem.field === undefined
          ? `${challenge}, error="invalid_token"`
          : challenge,
    }),
    ...(problem.status === 413 && { Connection: 'close' }),
  }
}

export interface ErrorOptions {
  readonly issuer: string
  readonly onFailure: (error: unknown, ctx: ParameterizedContext) => void
}

/** Any error as a problem: what is not one of ours is a fault of the server, and says nothing. */
export function asProblem(error: unknown): Problem {
  if (isProblem(error)) return error
  const message = 'The request failed; the log has the reason under its request id'
  return new Problem('server.failed', message, { cause: error })
}

/** What no route took: a path that exists has other methods (RFC 9110 §15.5.6), any other is none. */
function assertRouted(ctx: ParameterizedContext): void {
  if (ctx.status === 405 || ctx.status === 501) {
    const methods = ctx.response.get('Allow')
    throw new Problem('method.not_allowed', `method: expected ${methods}, got ${ctx.method}`)
  }
  if (ctx.status === 404) {
    const place = `${ctx.method} ${ctx.path.slice(0, 200)}`
    throw new Problem('route.not_found', `There is nothing at ${place}`)
  }
}

/** Renders every failure of the console's dialect. */
export function renderErrors({ issuer, onFailure }: ErrorOptions): Middleware {
  return async function renderMiaErrors(ctx, next) {
    try {
      await next()
      assertRouted(ctx)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.status >= 500) onFailure(error, ctx)
      ctx.status = problem.status
      ctx.body = errorBody(problem)
      ctx.set({ ...errorHeaders(problem, issuer) })
    }
  }
}
