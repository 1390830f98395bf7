import type { AuthMethod } from '../accounts/account.ts'
import type { AccountState } from '../accounts/states.ts'
import type { KeyInput } from '../credentials/make.ts'

/** The words for the states of an account: ours, and those of the engine that it comes from. */
export const stateWords = {
  enabled: 'enabled',
  disabled: 'disabled',
  PUBLIC: 'enabled',
  DRAFT: 'draft',
  TRASH: 'trash',
  DELETED: 'deleted',
} as const satisfies Record<string, AccountState>

/** An environment as it comes in. */
export interface GivenEnvironment {
  readonly envId: string
  readonly label: string
}

/** A project as it comes in. */
export interface GivenProject {
  readonly projectId: string
  readonly name: string
  readonly description?: string
  readonly environments: readonly GivenEnvironment[]
}

/** A company as it comes in, with all that is below it. */
export interface GivenCompany {
  readonly companyId: string
  readonly name: string
  readonly description?: string
  readonly projects: readonly GivenProject[]
}

/** A role of a company as it comes in. */
export interface GivenRole {
  readonly roleId: string
  readonly companyId: string
  readonly name: string
  readonly description?: string
  readonly permissions: readonly string[]
}

/** Roles of an account on a project and on its environments; an empty one is none. */
interface GivenProjectRoles {
  readonly projectId: string
  readonly role?: string
  readonly environmentsRole?: readonly { readonly envId: string; readonly role: string }[]
}

/** An account as it comes in; without a company it is one of root. */
export interface GivenAccount {
  readonly clientId: string
  readonly name: string
  readonly description?: string
  readonly companyId?: string
  readonly permissions?: readonly string[]
  readonly authMethod: AuthMethod
  readonly publicKey?: KeyInput
  /** What another server keeps of its secret. */
  readonly secretDigest?: string
  readonly audience?: readonly string[]
  readonly allowedCustomClaims?: readonly string[]
  readonly role?: string
  readonly projectsRole?: readonly GivenProjectRoles[]
  readonly state?: keyof typeof stateWords
}

/** All that comes in at once. */
export interface Given {
  readonly companies: readonly GivenCompany[]
  readonly roles?: readonly GivenRole[]
  readonly accounts: readonly GivenAccount[]
}
