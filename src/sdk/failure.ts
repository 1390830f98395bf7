/** What is known of a failure besides its code and message. */
export interface FailureDetails {
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number
  /** The member or header at fault, when the server named one. */
  readonly field?: string | undefined
  readonly requestId?: string | undefined
  /** After how many seconds it makes sense to try again. */
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/**
 * A request that was refused, or got no answer. `code` is stable and made for programs: an error
 * code of the management API (`account.not_found`), of OAuth (`invalid_client`), or `unreachable`,
 * `unexpected_answer` and `invalid_token`. The message never holds a secret.
 */
export class OstiaryError extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | undefined
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'OstiaryError'
    this.code = code
    this.status = details.status
    this.field = details.field
    this.requestId = details.requestId
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}
