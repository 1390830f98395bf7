import type { Permission } from '../access/permissions.ts'
import type { Credential } from '../credentials/credential.ts'
import type { Id } from '../ids.ts'
import type { Versioned } from '../versioned.ts'

/** Who an account belongs to. Companies, projects and environments add their own forms. */
type Owner = 'root'

export const authMethods = ['client_secret_basic', 'private_key_jwt'] as const

export type AuthMethod = (typeof authMethods)[number]

export const accountStates = ['enabled', 'disabled'] as const

export type AccountState = (typeof accountStates)[number]

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

export function isActive(account: Account | undefined): account is Account {
  return account?.live === true && account.state === 'enabled'
}
