import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Middleware, ParameterizedContext } from 'koa'
import type { Problem } from '../../domain/problem.ts'
import { asProblem, problemHeaders, type Said, say, sendRefusal } from '../../http/problems.ts'
import { assertRouted } from '../../http/routed.ts'
import { asCalled } from './naming.ts'
import { miaWords } from './problems.ts'

/** The console's error body; `code` is stable and made for programs. */
function errorBody({ code }: Problem, { status, message, field }: Said) {
  return {
    statusCode: status,
    error: STATUS_CODES[status] ?? 'Error',
    message,
    code,
    ...(field !== undefined && { field }),
  }
}

/** What the rendering of failures needs to know. */
export interface ErrorOptions {
  readonly issuer: string
  readonly onFailure: (error: unknown, ctx: ParameterizedContext) => void
}

/** Answers a request that is refused before this dialect's routes see it; returns the status. */
export function refuseAtEdge(response: ServerResponse, problem: Problem, issuer: string): number {
  const said = say(miaWords, problem)
  const answer = { problem, status: said.status, body: errorBody(problem, said) }
  return sendRefusal(response, answer, issuer)
}

/** Renders every failure of the console's dialect. */
export function renderErrors({ issuer, onFailure }: ErrorOptions): Middleware {
  return async function renderMiaErrors(ctx, next) {
    try {
      await next()
      assertRouted(ctx)
    } catch (error) {
      const problem = asProblem(error)
      const said = asCalled(say(miaWords, problem), problem, ctx.state['named'])
      if (said.status >= 500) onFailure(error, ctx)
      ctx.status = said.status
      ctx.body = errorBody(problem, said)
      ctx.set({ ...problemHeaders(problem, said.status, issuer) })
    }
  }
}
