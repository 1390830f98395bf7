import type { Id } from '../ids.ts'
import type { Digest } from '../secret.ts'
import type { PublicKey } from './public-key.ts'

interface CredentialBase {
  readonly id: Id<'credential'>
  readonly name: string
  readonly createdAt: number
  /** The client id of who made it, or a word for the system. */
  readonly createdBy: string
  /** Milliseconds; from that moment on it is refused. */
  readonly expiresAt?: number
  /** Milliseconds: when a rotation put a newer secret in its place. */
  readonly supersededAt?: number
}

export interface SecretCredential extends CredentialBase {
  readonly kind: 'secret'
  readonly digest: Digest
}

export interface KeyCredential extends CredentialBase {
  readonly kind: 'key'
  readonly key: PublicKey
}

export type Credential = SecretCredential | KeyCredential

export function isUsable(credential: Credential, now: number): boolean {
  return credential.expiresAt === undefined || now < credential.expiresAt
}
