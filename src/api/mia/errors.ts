import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import { Problem } from '../../domain/problem.ts'
import { sendJson } from '../../http/json.ts'
import { asProblem, problemHeaders } from '../../http/problems.ts'

/** The console's error body; `code` is stable and made for programs. */
function errorBody(problem: Problem) {
  return {
    statusCode: problem.status,
    error: STATUS_CODES[problem.status] ?? 'Error',
    message: problem.message,
    code: problem.code,
    ...(problem.field !== undefined && { field: problem.field }),
  }
}

export interface ErrorOptions {
  readonly issuer: string
  readonly onFailure: (error: unknown, ctx: ParameterizedContext) => void
}

/** Answers a request that is refused before this dialect's routes see it. */
export function refuseAtEdge(response: ServerResponse, problem: Problem, issuer: string): void {
  for (const [name, value] of Object.entries(problemHeaders(problem, issuer))) {
    response.setHeader(name, value)
  }
  sendJson(response, problem.status, errorBody(problem))
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
      ctx.set({ ...problemHeaders(problem, issuer) })
    }
  }
}
