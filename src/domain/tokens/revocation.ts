import { fingerprint } from '../secret.ts'
import type { Versioned } from '../versioned.ts'

/** The record of one revoked access token; its id is a digest of the token's `jti`. */
export interface Revocation extends Versioned {
  readonly clientId: string
}

export function revocationId(jti: string): string {
  return fingerprint('revocation', jti)
}
