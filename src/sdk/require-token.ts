import { failure, OstiaryError } from './failure.ts'
import type { Requirement } from './rights.ts'
import type { AccessTokenClaims } from './token-kinds.ts'
import type { Verifier } from './verifier.ts'

/** What requests must bring, and how they are checked; `Request` is what a framework calls one. */
export interface RequireTokenOptions<Request> extends Omit<Requirement, 'resource'> {
  readonly verify: Verifier
  /** The place that the permissions are needed on, or how a request names it; the root when absent. */
  readonly resource?: string | ((request: Request) => string) | undefined
  /** What this resource server calls itself to who is refused. */
  readonly realm?: string | undefined
  /** Is told why, for a log: an OstiaryError holds no secret. Callers are told little. */
  readonly report?: ((error: unknown) => void) | undefined
}

/** The answer to a request that is not let in (RFC 6750 §3). */
export interface TokenRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly error: string; readonly error_description: string }
}

/** The claims of a request that is let in, or the answer to one that is not. */
export type Admission =
  | { readonly claims: AccessTokenClaims; readonly refusal?: never }
  | { readonly refusal: TokenRefusal; readonly claims?: never }

/** Judges a request by its header Authorization. */
export type Guard<Request> = (
  authorization: string | undefined,
  request: Request,
) => Promise<Admission>

interface Words {
  readonly status: number
  readonly error: string
  readonly description: string
}

const unauthorized: Words = {
  status: 401,
  error: 'unauthorized',
  description: 'send a token: Authorization: Bearer <token>',
}
const malformed: Words = {
  status: 400,
  error: 'invalid_request',
  description: 'the header Authorization is not Bearer and one token',
}
const faulty: Words = { status: 500, error: 'server_error', description: 'the request failed' }
const unjudged: Words = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'tokens cannot be checked at the moment; try again',
}
const notGood: Words = {
  status: 401,
  error: 'invalid_token',
  description: 'the token is not valid here, has ended or was revoked',
}

/** What callers are told, by the code of what went wrong; all else is no fault of theirs. */
const byCode: Readonly<Record<string, Words>> = {
  invalid_token: notGood,
  token_revoked: notGood,
  insufficient_scope: {
    status: 403,
    error: 'insufficient_scope',
    description: 'the token does not allow this',
  },
}

const retrySeconds = 5

/** Fit for a quoted text in a header (RFC 9110 §5.6.4). */
const quoted = (text: string) => `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`

function challenge(words: Words, realm: string | undefined, permissions: readonly string[]) {
  // Whoever brought nothing is told no error (RFC 6750 §3.1).
  const isTold = words !== unauthorized
  const parameters = Object.entries({
    realm,
    error: isTold ? words.error : undefined,
    error_description: isTold ? words.description : undefined,
    scope: words.status === 403 && permissions.length > 0 ? permissions.join(' ') : undefined,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]))
  return ['Bearer', parameters.join(', ')].join(' ').trim()
}

/** The token of a header; undefined where it is of another scheme, or absent. */
function tokenOf(authorization: string | undefined): string | Words {
  if (authorization === undefined || !/^bearer( |$)/i.test(authorization)) return unauthorized
  const [, token] = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization) ?? []
  return token ?? malformed
}

function wordsOf(error: unknown): Words {
  if (!(error instanceof OstiaryError)) return faulty
  return byCode[error.code] ?? unjudged
}

/** Where the request means; a place that it does not name is none, and never the root. */
function placeOf<Request>({ resource }: RequireTokenOptions<Request>, request: Request) {
  if (typeof resource !== 'function') return resource
  const place: unknown = resource(request)
  if (typeof place === 'string' && place !== '') return place
  throw failure('insufficient_scope', 'the request names no place')
}

/**
 * The core of the middleware: lets in requests whose token is good and allows what is required. To
 * all others it answers as RFC 6750 has it: 401, 403, 400, and 503 while tokens cannot be checked.
 */
export function requireToken<Request>(options: RequireTokenOptions<Request>): Guard<Request> {
  const { verify, permissions, roles, realm, report } = options
  const refusal = (words: Words, retryAfterSeconds = retrySeconds): Admission => {
    const { status, error, description } = words
    const headers: Record<string, string> =
      status >= 500
        ? { 'retry-after': String(retryAfterSeconds) }
        : { 'www-authenticate': challenge(words, realm, permissions ?? []) }
    const body = { error, error_description: description }
    return { refusal: { status, headers: { ...headers, 'cache-control': 'no-store' }, body } }
  }
  return async (authorization, request) => {
    const token = tokenOf(authorization)
    if (typeof token !== 'string') return refusal(token)
    try {
      const resource = placeOf(options, request)
      return { claims: await verify(token, { permissions, roles, resource }) }
    } catch (error) {
      report?.(error)
      const asked = error instanceof OstiaryError ? error.retryAfterSeconds : undefined
      return refusal(wordsOf(error), asked)
    }
  }
}
