import { isProblem, Problem } from '../domain/problem.ts'

/** Any error as a problem: what is not one of ours is a fault of the server, and says nothing. */
export function asProblem(error: unknown): Problem {
  if (isProblem(error)) return error
  const message = 'The request failed; the log has the reason under its request id'
  return new Problem('server.failed', message, { cause: error })
}

/** The headers that go with a problem in every dialect: how to log in, when to try again. */
export function problemHeaders(problem: Problem, issuer: string): Readonly<Record<string, string>> {
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
