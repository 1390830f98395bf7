import type { CompanyAccountsFilter, Credentials, NewServiceAccount } from '../../sdk/index.ts'

/** What creates an account: root's have permissions, a company's have a role. */
export interface CreateFlags extends RoleFlags {
  readonly name: string
  readonly permissions?: string[]
}

/** A role, and what it is on: the company, unless a project or an environment of one is named. */
export interface RoleFlags {
  readonly role?: string
  readonly project?: string
  readonly environment?: string
}

/** What an account is made with, whoever it belongs to. */
export type NewAccount = Omit<NewServiceAccount, 'permissions'>

/** What may be changed of an account, whoever it belongs to; permissions are root's alone. */
export interface AccountPatch {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly permissions?: readonly string[] | undefined
  readonly audiences?: readonly string[] | undefined
  readonly defaultAudience?: string | null | undefined
  readonly allowedCustomClaims?: readonly string[] | undefined
  readonly state?: 'enabled' | 'disabled' | undefined
}

/** An account as it is printed. */
export interface ShownAccount {
  readonly json: object
  readonly lines: readonly string[]
  readonly state: string
}

/** An account that was just made. */
interface MadeAccount {
  readonly clientId: string
  readonly clientSecret?: string
  readonly kid?: string
}

/** The accounts of root, or of a company, as the verbs need them. */
export interface Accounts extends Credentials {
  readonly create: (account: NewAccount, flags: CreateFlags) => Promise<MadeAccount>
  /** Prints all that the filter leaves. */
  readonly list: (filter: CompanyAccountsFilter) => Promise<void>
  readonly read: (clientId: string) => Promise<ShownAccount>
  readonly update: (clientId: string, patch: AccountPatch) => Promise<ShownAccount>
  readonly delete: (clientId: string) => Promise<void>
}
