import type { Id } from './ids.ts'
import type { Permission } from './permissions.ts'
import type { PublicKey } from './public-keys.ts'
import type { Digest } from './secret.ts'
import type { Versioned } from './store.ts'

/** Who an account belongs to. Companies, projects and environments add their own forms. */
type Owner = 'root'

export const authMethods = ['client_secret_basic', 'private_key_jwt'] as const
export type AuthMethod = (typeof authMethods)[number]

export const accountStates = ['enabled', 'disabled'] as const
export type AccountState = (typeof accountStates)[number]

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

/** A service account with all that must change together with it. Times are milliseconds. */
export interface Account extends Versioned {
  readonly id: Id<'account'>
  readonly clientId: string
  readonly owner: Owner
  readonly name: string
  readonly description: string
  readonly authMethod: AuthMethod
  readonly state: AccountState
  readonly permissions: readonly Permission[]
  /** The audiences that it may ask for, besides the default resource. */
  readonly audiences: readonly string[]
  readonly credentials: readonly Credential[]
  /** Where the account publishes its keys (RFC 7591 jwks_uri). */
  readonly jwksUri?: string
  /** Access tokens issued up to this moment are refused. */
  readonly tokensNotBefore: number
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

export function isUsable(credential: Credential, now: number): boolean {
  return credential.expiresAt === undefined || now < credential.expiresAt
}

export function isActive(account: Account | undefined): account is Account {
  return account?.live === true && account.state === 'enabled'
}
