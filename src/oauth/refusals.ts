import { STATUS_CODES } from 'node:http'

/** RFC 6749 §5.2 error codes, those of RFC 8707 and RFC 7009, and two for a server out of reach. */
export type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'
  | 'server_error'

interface Row {
  readonly status: number
  readonly error: OAuthError
  /** What the caller is told; `detail` is what this one request adds to it. */
  readonly words: (detail: string) => string
}

/** Every refused login reads like this one, whatever was wrong with it. */
const loginRefused = () => 'client authentication failed'
const said = (detail: string) => detail

/** Why a request is refused: every answer of these endpoints that is not a success. */
export type RefusalCode =
  | 'method_not_post'
  | 'body_too_large'
  | 'body_cut_short'
  | 'coding_unknown'
  | 'media_unknown'
  | 'parameters_too_many'
  | 'parameter_twice'
  | 'methods_many'
  | 'secret_in_body'
  | 'credentials_missing'
  | 'login_refused'
  | 'login_forbidden'
  | 'login_throttled'
  | 'revocations_many'
  | 'scope_too_long'
  | 'scope_not_held'
  | 'audience_required'
  | 'audience_not_allowed'
  | 'audiences_malformed'
  | 'claims_too_large'
  | 'grant_not_allowed'
  | 'grant_unsupported'
  | 'scope_malformed'
  | 'target_malformed'
  | 'request_malformed'
  | 'keys_awaited'
  | 'checks_awaited'
  | 'store_away'
  | 'failed'

/** All refusals of OAuth: what each of them answers. */
const refusals = {
  method_not_post: { status: 405, error: 'invalid_request', words: () => 'method: expected POST' },
  body_too_large: {
    status: 413,
    error: 'invalid_request',
    words: (limit) => `body: expected at most ${limit} bytes`,
  },
  body_cut_short: { status: 400, error: 'invalid_request', words: () => 'the body was cut short' },
  coding_unknown: {
    status: 415,
    error: 'invalid_request',
    words: () => 'Content-Encoding: expected none',
  },
  media_unknown: {
    status: 415,
    error: 'invalid_request',
    words: (type) => `Content-Type: expected ${type} in UTF-8`,
  },
  parameters_too_many: {
    status: 400,
    error: 'invalid_request',
    words: (limit) => `expected at most ${limit} parameters`,
  },
  parameter_twice: {
    status: 400,
    error: 'invalid_request',
    words: (name) => `${name}: must be given once`,
  },
  methods_many: {
    status: 400,
    error: 'invalid_request',
    words: () => 'client authentication: expected exactly one method',
  },
  // Nothing that could be refused was presented: what is expected may be said.
  secret_in_body: {
    status: 401,
    error: 'invalid_client',
    words: () =>
      'client_secret: is not accepted in the body, expected HTTP Basic (client_secret_basic)',
  },
  credentials_missing: {
    status: 401,
    error: 'invalid_client',
    words: () => 'client authentication: expected HTTP Basic or a client_assertion',
  },
  login_refused: { status: 401, error: 'invalid_client', words: loginRefused },
  // What some readers of the console's documents expect of a refused assertion.
  login_forbidden: { status: 403, error: 'invalid_client', words: loginRefused },
  login_throttled: {
    status: 429,
    error: 'temporarily_unavailable',
    words: (seconds) => `too many refused logins; wait ${seconds} s`,
  },
  revocations_many: {
    status: 429,
    error: 'temporarily_unavailable',
    words: (seconds) => `too many tokens revoked one by one; wait ${seconds} s`,
  },
  scope_too_long: {
    status: 400,
    error: 'invalid_scope',
    words: (limit) => `scope: expected at most ${limit} characters`,
  },
  scope_not_held: {
    status: 400,
    error: 'invalid_scope',
    words: () => 'a requested scope is unknown or not held by this client',
  },
  audience_required: {
    status: 400,
    error: 'invalid_target',
    words: () => 'audience: is required here; name the resource server that the token is for',
  },
  audience_not_allowed: {
    status: 400,
    error: 'invalid_target',
    words: () => 'the requested audience is unknown or not allowed',
  },
  audiences_malformed: {
    status: 400,
    error: 'invalid_target',
    words: (limit) => `requested_audiences: expected an array of at most ${limit} texts`,
  },
  claims_too_large: { status: 400, error: 'invalid_request', words: said },
  grant_not_allowed: { status: 400, error: 'unauthorized_client', words: said },
  grant_unsupported: { status: 400, error: 'unsupported_grant_type', words: said },
  scope_malformed: { status: 400, error: 'invalid_scope', words: said },
  target_malformed: { status: 400, error: 'invalid_target', words: said },
  request_malformed: { status: 400, error: 'invalid_request', words: said },
  keys_awaited: {
    status: 503,
    error: 'temporarily_unavailable',
    words: () => 'too many logins wait for the keys of clients; try again in a second',
  },
  checks_awaited: {
    status: 503,
    error: 'temporarily_unavailable',
    words: () => 'too many logins wait for their secret to be checked; try again in a second',
  },
  store_away: { status: 503, error: 'temporarily_unavailable', words: said },
  failed: {
    status: 500,
    error: 'server_error',
    words: () => 'the request failed; the log has its request id',
  },
} as const satisfies Record<RefusalCode, Row>

/** Every status of a refusal with the errors that have it, those of a foreign Host too. */
export function errorsByStatus(): ReadonlyMap<number, readonly OAuthError[]> {
  const rows: readonly Row[] = Object.values(refusals)
  const byStatus = Map.groupBy(rows, ({ status }) => status)
  const errors = [...byStatus].map(
    ([status, some]) => [status, [...new Set(some.map(({ error }) => error))]] as const,
  )
  return new Map([...errors, [421, ['invalid_request']]])
}

/** What a code tells the caller. */
export function wordsOf(code: RefusalCode, detail = ''): string {
  return refusals[code].words(detail)
}

type Headers = Readonly<Record<string, string>>

interface More {
  readonly headers?: Headers
  /** What exactly was wrong, for the log alone. */
  readonly logged?: string
}

/** A refused request: a row of the table, what this request adds to its words, and its headers. */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly headers: Headers
  readonly logged: string | undefined

  constructor(
    code: RefusalCode,
    detail: string | number = '',
    { headers = {}, logged }: More = {},
  ) {
    super(wordsOf(code, String(detail)))
    this.name = 'Refusal'
    this.code = code
    this.headers = headers
    this.logged = logged
  }

  get status(): number {
    return refusals[this.code].status
  }

  get error(): OAuthError {
    return refusals[this.code].error
  }
}

/** One body for two readers: RFC 6749 §5.2, and the console's `{statusCode, error, message}`. */
export function unionBody(status: number, error: string, description?: string) {
  const message = description ?? STATUS_CODES[status] ?? 'refused'
  return { error, error_description: message, statusCode: status, message }
}

/** The challenge of every 401 (RFC 9110 §15.5.2; RFC 6749 §5.2). */
export function basicChallenge(issuer: string): string {
  return `Basic realm="${issuer}", charset="UTF-8"`
}
