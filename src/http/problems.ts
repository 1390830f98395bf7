import type { ServerResponse } from 'node:http'
import { isProblem, Problem, type ProblemCode, type ProblemDetails } from '../domain/problem.ts'
import { sendJson } from './json.ts'

/** The words of a dialect for a problem. */
export interface Saying {
  readonly message: string
  /** The member or header at fault, as the caller wrote it. */
  readonly field?: string
}

/** What a dialect answers to a problem. */
export interface Said extends Saying {
  readonly status: number
}

/** One dialect's status and words for each code: a code without a row does not compile. */
export type Words = {
  readonly [C in ProblemCode]: readonly [
    status: number,
    say: (details: ProblemDetails[C]) => Saying,
  ]
}

/** What a dialect says of this problem. */
export function say<C extends ProblemCode>(words: Words, problem: Problem<C>): Said {
  const row: Words[C] = words[problem.code]
  return { status: row[0], ...row[1](problem.details) }
}

/** Any error as a problem: what is not one of ours is a fault of the server, and says nothing. */
export function asProblem(error: unknown): Problem {
  return isProblem(error) ? error : new Problem('server.failed', {}, error)
}

/** After how many seconds it makes sense to try again; undefined when waiting does not help. */
export function retryAfterSeconds({ details }: Problem): number | undefined {
  return 'retryAfterSeconds' in details ? details.retryAfterSeconds : undefined
}

/** RFC 6750 §3.1: no error code for a request that brought no token. */
function challenge({ code, details }: Problem, issuer: string): string {
  const isRefused =
    code === 'actor.unauthenticated' && 'why' in details && details.why !== 'missing'
  return `Bearer realm="${issuer}"${isRefused ? ', error="invalid_token"' : ''}`
}

/** The headers that go with a problem in every dialect: how to log in, when to try again. */
export function problemHeaders(
  problem: Problem,
  status: number,
  issuer: string,
): Readonly<Record<string, string>> {
  const retry = retryAfterSeconds(problem)
  return {
    'Cache-Control': 'no-store',
    ...(retry !== undefined && { 'Retry-After': String(retry) }),
    ...(status === 401 && { 'WWW-Authenticate': challenge(problem, issuer) }),
    ...(status === 413 && { Connection: 'close' }),
  }
}

/** The answer to a request that is refused before its dialect reads it. */
export interface EdgeAnswer {
  readonly problem: Problem
  readonly status: number
  readonly body: object
}

/** Answers such a request; returns the status. */
export function sendRefusal(
  response: ServerResponse,
  { problem, status, body }: EdgeAnswer,
  issuer: string,
): number {
  for (const [name, value] of Object.entries(problemHeaders(problem, status, issuer))) {
    response.setHeader(name, value)
  }
  sendJson(response, status, body)
  return status
}
