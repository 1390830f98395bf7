import type { ListFilter } from './management.ts'

// By hand, like what the management API takes and answers; test/sdk/types.test.ts holds it to the routes.

/** A token that lives long, without its value. Times are RFC 3339. */
export interface ProjectToken {
  readonly id: string
  readonly name: string
  /** What it is for besides the server itself. */
  readonly audiences: readonly string[]
  readonly createdAt: string
  /** The client id of who made it. */
  readonly createdBy: string
  readonly expiresAt: string
  readonly lastUsedAt?: string
  /** The address that this came from. */
  readonly lastUsedFrom?: string
  /** Invalidated: the key that signed it is gone. */
  readonly state: 'active' | 'expired' | 'invalidated'
}

/** Which tokens of an account are asked for, and in which order. */
export interface ProjectTokensFilter extends ListFilter {
  readonly state?: ProjectToken['state'] | undefined
}

/** A token, by its account and its id. */
export interface WhichToken {
  readonly clientId: string
  readonly id: string
}

/** What makes a token. */
export interface NewProjectToken {
  readonly name: string
  /** After three years when absent. */
  readonly expiresAt?: string | undefined
  readonly audiences?: readonly string[] | undefined
}

/** A token that was just made. */
export interface IssuedProjectToken {
  readonly id: string
  readonly name: string
  /** The value, for a Bearer header; shown this once. */
  readonly token: string
  readonly expiresAt: string
}

/** How a new value takes the place of that of a token. */
export interface ProjectTokenRegeneration {
  /** For how long the former value stays good; 0 when absent. */
  readonly overlapSeconds?: number | undefined
  readonly expiresAt?: string | undefined
}

/** A token with a new value. */
export interface RegeneratedProjectToken extends IssuedProjectToken {
  readonly previousExpiresAt: string
}
