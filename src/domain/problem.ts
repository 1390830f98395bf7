/** Every way in which a request can fail, with the HTTP status that all dialects give it. */
export const problems = {
  'request.invalid': 400,
  'request.malformed': 400,
  'permission.unknown': 400,
  'key.invalid': 400,
  'account.method_mismatch': 400,
  'actor.unauthenticated': 401,
  'client_key.refused': 401,
  'actor.forbidden': 403,
  'grant.exceeds_own': 403,
  'account.not_found': 404,
  'credential.not_found': 404,
  'route.not_found': 404,
  'method.not_allowed': 405,
  'name.taken': 409,
  'key.taken': 409,
  'credential.limit': 409,
  'record.conflict': 409,
  'version.stale': 412,
  'request.too_large': 413,
  'media.unsupported': 415,
  'host.misdirected': 421,
  'login.throttled': 429,
  'server.failed': 500,
  'store.unavailable': 503,
  'store.full': 503,
  'store.damaged': 503,
} as const satisfies Record<string, number>

export type ProblemCode = keyof typeof problems

export interface ProblemOptions {
  readonly cause?: unknown
  /** The member or header at fault, as the caller wrote it. */
  readonly field?: string
  /** After how many seconds it makes sense to try again. */
  readonly retryAfterSeconds?: number
}

/**
 * The one error class. `message` is public: it says what happened, what was expected and what to
 * do next. The cause is for the log alone. Neither holds a secret.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return problems[this.code]
  }
}

export function isProblem(error: unknown, ...codes: readonly ProblemCode[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code))
}

/** The store cannot be reached, or its answer did not come in time: nothing is known to be written. */
export function storeAway(cause?: unknown): Problem {
  return new Problem('store.unavailable', 'The store cannot be reached; try again in a moment', {
    cause,
    retryAfterSeconds: 2,
  })
}
