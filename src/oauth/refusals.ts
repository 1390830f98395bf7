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

/** A request that is answered before the core sees it. */
export class Refusal extends Error {
  readonly status: number
  readonly error: OAuthError
  headers: Readonly<Record<string, string>> = {}

  constructor(status: number, error: OAuthError, description: string) {
    super(description)
    this.name = 'Refusal'
    this.status = status
    this.error = error
  }

  /** The same refusal, with these headers. */
  with(headers: Readonly<Record<string, string>>): this {
    this.headers = headers
    return this
  }
}

export interface UnionBody {
  readonly error: string
  readonly error_description: string
  readonly statusCode: number
  readonly message: string
}

/** One body for two readers: RFC 6749 §5.2, and the console's `{statusCode, error, message}`. */
export function unionBody(status: number, error: string, description?: string): UnionBody {
  const message = description ?? STATUS_CODES[status] ?? 'refused'
  return { error, error_description: message, statusCode: status, message }
}

/** The challenge of every 401 (RFC 9110 §15.5.2; RFC 6749 §5.2). */
export function basicChallenge(issuer: string): string {
  return `Basic realm="${issuer}", charset="UTF-8"`
}

export const loginRefused = 'client authentication failed'
