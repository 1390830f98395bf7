import type { Clock } from './clock.ts'
import type { TransportOptions } from './transport.ts'

// What verifying takes, without a type of jose: these stand in the types of the package.

/** Whose keys and lists are read, and how. */
export interface IssuerOptions extends TransportOptions, Clock {
  /** The issuer identifier of the server, to the letter: for example `https://auth.example.com`. */
  readonly issuer: string
  /**
   * For how long what is known serves while it cannot be read again, from when it was read; a day
   * when absent. A status list never serves beyond its `exp`.
   */
  readonly staleSeconds?: number | undefined
}

/** How old a status list may get. */
export interface StatusOptions extends IssuerOptions {
  /** After how many seconds a list is read again, when that is sooner than its `ttl`. */
  readonly pollSeconds?: number | undefined
  /** By how much clocks may differ; 5 when absent. */
  readonly clockToleranceSeconds?: number | undefined
}

const staleByDefault = 86_400

/** How old what is known may get while it cannot be read again. */
export function longestMsOf({ staleSeconds = staleByDefault }: IssuerOptions): number {
  return staleSeconds * 1000
}
