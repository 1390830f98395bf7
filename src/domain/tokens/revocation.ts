import type { Owner } from '../owner.ts'
import { fingerprint } from '../secret.ts'
import { object, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'
import { type StatusRef, statusRefShape } from './token.ts'

/** The record of one revoked access token; its id is a digest of the token's `jti`. */
export interface Revocation extends Versioned {
  /** Whose token it was. */
  readonly clientId: string
  readonly owner?: Owner
  readonly name?: string
  readonly jti?: string
  /** Where its status is told, when it is the former value of a token that lives long. */
  readonly status?: StatusRef
}

/** What is stored of a revocation. */
export const revocationShape: Shape<Revocation> = object<Revocation>({
  ...versionedMembers,
  clientId: text(),
  owner: optional(text<Owner>()),
  name: optional(text()),
  jti: optional(text()),
  status: optional(statusRefShape),
})

/** The id under which the revocation of a token is found: it tells nothing of the token. */
export function revocationId(jti: string): string {
  return fingerprint('revocation', jti)
}
