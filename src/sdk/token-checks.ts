import { discover, type ServerMetadata } from './metadata.ts'
import { type Received, send } from './send.ts'
import type { LoginOptions } from './token-source.ts'
import type { CallOptions } from './waiting.ts'
import { membersOf } from './words.ts'

/** What the server says of a token (RFC 7662 §2.2): its claims while it is good. */
export interface Introspection {
  readonly active: boolean
  readonly [claim: string]: unknown
}

/** Asks about tokens, and ends them. Both fail with OstiaryError. */
export interface TokenChecks {
  /** Whether a token is good now: the server sees what was revoked. */
  readonly introspect: (token: string, options?: CallOptions) => Promise<Introspection>
  /** Ends a token of the account that asks (RFC 7009); others are left as they are, without a word. */
  readonly revoke: (token: string, options?: CallOptions) => Promise<void>
}

type Endpoint = 'introspectionEndpoint' | 'revocationEndpoint'

/** Introspection and revocation, each with a login of its own. */
export function tokenChecks(options: LoginOptions): TokenChecks {
  const ask = async (endpoint: Endpoint, token: string, how: CallOptions): Promise<Received> => {
    const server: ServerMetadata = await discover(options.issuer, { ...options, ...how })
    const { issuer, assertionAlgorithms } = server
    const { headers, form } = await options.authentication(issuer, assertionAlgorithms)
    const body = new URLSearchParams({ token, ...form })
    return await send(server[endpoint], { method: 'POST', headers, body }, { ...options, ...how })
  }
  return {
    introspect: async (token, how = {}) => {
      const claims = membersOf((await ask('introspectionEndpoint', token, how)).body)
      return { ...claims, active: claims['active'] === true }
    },
    revoke: async (token, how = {}) => {
      await ask('revocationEndpoint', token, how)
    },
  }
}
