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
function tokenFault({ code, details }: Problem): string {
  const isRefused =
    code === 'actor.unauthenticated' && 'why' in details && details.why !== 'missing'
  return isRefused ? ', error="invalid_token"' : ''
}

/** RFC 6750 §3.1: what the token would need, where a permission is what it lacks. */
function missingScope({ details }: Problem): string {
  const needed = 'needed' in details ? details.needed : []
  const [scope] = 'permission' in details ? [details.permission] : needed
  return `, error="insufficient_scope"${scope === undefined ? '' : `, scope="${scope}"`}`
}

/** What a status challenges its caller to bring (RFC 9110 §11.6.1). */
const challenges: Readonly<Record<number, (problem: Problem) => string>> = {
  401: tokenFault,
  403: missingScope,
}

function challenge(problem: Problem, status: number, issuer: string) {
  const fault = challenges[status]?.(problem)
  return fault === undefined ? {} : { 'WWW-Authenticate': `Bearer realm="${issuer}"${fault}` }
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
    ...challenge(problem, status, issuer),
    ...(status === 413 && { Connection: 'close' }),
  }
}

/** The answer to a request that is refused before its dialect reads it. */
export interface EdgeAnswer {
  readonly problem: Problem
  readonly status: number
  readonly body: object
  /** Those that a dialect has in place of the usual ones. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers such a request; returns the status. */
export function sendRefusal(
  response: ServerResponse,
  { problem, status, body, headers = {} }: EdgeAnswer,
  issuer: string,
): number {
  const all = { ...problemHeaders(problem, status, issuer), ...headers }
  for (const [name, value] of Object.entries(all)) response.setHeader(name, value)
  sendJson(response, status, body)
  return status
}
