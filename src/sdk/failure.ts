/** What is known of a failure besides its code and message. */
export interface FailureDetails {
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number
  /** The member or header at fault, when the server named one. */
  readonly field?: string | undefined
  readonly requestId?: string | undefined
  /** After how many seconds it makes sense to try again. */
  readonly retryAfterSeconds?: number | undefined
  /** Where the server says that it has moved to, without query and user. */
  readonly location?: string | undefined
  readonly cause?: unknown
}

/** The codes that the SDK itself gives, and what each means; all others are the server's. */
export const sdkCodes = {
  unreachable: 'no answer in time: the server is away, or the keys cannot be read',
  unexpected_answer: 'an answer that is none of Ostiary’s, or larger than any of its answers',
  redirected: 'the server has moved: `location` says where to, and nothing was sent there',
  not_modified: 'what `ifNoneMatch` names is still as it was (304)',
  'host.misdirected': 'the server does not serve the host that was asked (421)',
  issuer_mismatch: 'the server calls itself otherwise than it was called: the message has both',
  insecure_url: 'neither https nor this machine: set `allowInsecureHttp` if that is meant',
  invalid_credential: 'a private key, secret or client key that cannot be used: nothing was sent',
  invalid_token: '`verifier`: the token is not good',
  token_revoked: '`verifier`: the token was revoked, as its status list or the feed says',
  insufficient_scope: '`verifier`: the token is good, and does not allow what is required',
  'status_list.unavailable':
    'the status list cannot be read, and none that is known serves any more',
  'status_list.expired': 'the status list is past its `exp`, or dated in the future',
  'status_list.signature': 'the status list is not signed by a key of the issuer',
  'status_list.foreign':
    'the status list is another one, of another issuer, or not below the issuer',
  'status_list.damaged': 'the status list is cut off, or is none',
  'status_list.too_large': 'the status list has more than 1 MiB, or 256 KiB when it is unpacked',
  'status_list.out_of_range': 'the status list ends before the place of the token',
  aborted: 'the signal that was given has ended the wait',
} as const

/** A code that the SDK itself gives. */
export type SdkCode = keyof typeof sdkCodes

/**
 * A request that was refused, or got no answer. `code` is stable and made for programs: an error
 * code of the management API (`account.not_found`), of OAuth (`invalid_client`), or one of
 * `sdkCodes`. The message never holds a secret.
 */
export class OstiaryError extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | undefined
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly location: string | undefined

  constructor(code: string, message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'OstiaryError'
    this.code = code
    this.status = details.status
    this.field = details.field
    this.requestId = details.requestId
    this.retryAfterSeconds = details.retryAfterSeconds
    this.location = details.location
  }
}

/** A failure by a code of the SDK, where there was no answer or none is to blame. */
export function failure(code: SdkCode, message: string, cause?: unknown): OstiaryError {
  return new OstiaryError(code, message, { status: 0, cause })
}

/** Why something failed, in words: fetch hides its reason in a chain of causes. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
