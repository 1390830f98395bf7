import type { ServerResponse } from 'node:http'
import { isProblem, type Problem, type ProblemCode } from '../domain/problem.ts'
import { BodyCutShort, BodyTooLarge } from '../http/body.ts'
import { retryAfterSeconds, sendRefusal } from '../http/problems.ts'
import { basicChallenge, type OAuthError, Refusal, unionBody } from './refusals.ts'

type Row = readonly [status: number, error: OAuthError, message: string]

const malformed: Row = [400, 'invalid_request', 'the request is malformed']
/** The management APIs' own: none of it can come up here. */
const foreign: Row = [500, 'server_error', 'the request failed; the log has its request id']

/** What these endpoints say of each problem: RFC 6749 §5.2 has few codes for many reasons. */
const rows: { readonly [C in ProblemCode]: Row } = {
  'request.invalid': malformed,
  'request.malformed': malformed,
  'permission.unknown': foreign,
  'key.invalid': foreign,
  'account.method_mismatch': foreign,
  'actor.unauthenticated': foreign,
  'client_key.refused': [401, 'invalid_client', 'Client-key: expected a known one, or none'],
  'actor.forbidden': foreign,
  'grant.exceeds_own': foreign,
  'account.not_found': foreign,
  'company.not_found': foreign,
  'project.not_found': foreign,
  'environment.not_found': foreign,
  'role.not_found': foreign,
  'subject.not_found': foreign,
  'resource.not_found': foreign,
  'role.in_use': foreign,
  'user.not_found': foreign,
  'group.not_found': foreign,
  'member.is_self': foreign,
  'account.last_manager': foreign,
  'company.last_owner': foreign,
  'account.wrong_move': foreign,
  'credential.not_found': foreign,
  'client_key.not_found': foreign,
  'issuer.not_found': foreign,
  'token.not_found': foreign,
  'status_list.not_found': foreign,
  'token.limit': foreign,
  'token.regenerated': foreign,
  'route.not_found': [404, 'invalid_request', 'there is nothing at this path'],
  'method.not_allowed': [405, 'invalid_request', 'method: expected POST'],
  'name.taken': foreign,
  'key.taken': foreign,
  'credential.limit': foreign,
  'client_key.limit': foreign,
  'group.limit': foreign,
  'role.limit': foreign,
  'environment.limit': foreign,
  'project.limit': foreign,
  'issuer.limit': foreign,
  'issuer.configured': foreign,
  'registration.closed': foreign,
  'registration.throttled': foreign,
  'record.conflict': foreign,
  'version.stale': foreign,
  'request.too_large': [413, 'invalid_request', 'body: is too large'],
  'media.unsupported': [415, 'invalid_request', 'Content-Type: is not supported'],
  'host.misdirected': [421, 'invalid_request', 'Host: is not one of this server'],
  'server.failed': foreign,
  'store.unavailable': [
    503,
    'temporarily_unavailable',
    'The store cannot be reached; try again in a moment',
  ],
  'store.full': [
    503,
    'temporarily_unavailable',
    'The disk of the store is full; nothing was written',
  ],
  'store.damaged': [
    503,
    'temporarily_unavailable',
    'The store holds something damaged; restore it from a backup',
  ],
}

/** What exactly is wrong, where the problem says it in words that hold in every dialect. */
function detail({ details }: Problem): string | undefined {
  if ('said' in details) {
    return details.field === undefined ? details.said : `${details.field}: ${details.said}`
  }
  if ('hosts' in details) {
    const { got, hosts } = details
    return `Host: got ${got}, expected ${hosts}; http.allowedHosts can name others`
  }
  return undefined
}

/** Any failure as a refusal: what is not one of ours is a fault of the server, and says nothing. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause
  if (cause instanceof BodyTooLarge) {
    return new Refusal('body_too_large', cause.limitBytes, { headers: { Connection: 'close' } })
  }
  if (cause instanceof BodyCutShort) return new Refusal('body_cut_short')
  if (isProblem(cause, 'store.unavailable', 'store.full', 'store.damaged')) {
    const seconds = String(retryAfterSeconds(cause) ?? 2)
    const [, , message] = rows[cause.code]
    return new Refusal('store_away', message, { headers: { 'Retry-After': seconds } })
  }
  return new Refusal('failed')
}

/** Answers a request that is refused before these endpoints see it; returns the status. */
export function refuseAtEdge(response: ServerResponse, problem: Problem, issuer: string): number {
  const [status, error, message] = rows[problem.code]
  const body = unionBody(status, error, detail(problem) ?? message)
  const headers = status === 401 ? { 'WWW-Authenticate': basicChallenge(issuer) } : {}
  return sendRefusal(response, { problem, status, body, headers }, issuer)
}
