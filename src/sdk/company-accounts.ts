import type { AccountsFilter, NewServiceAccount } from './management.ts'

// Service accounts of a company as the management API takes and answers them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** The role that is set on an environment; an empty one takes it away. */
export interface EnvironmentRole {
  readonly envId: string
  readonly role: string
}

/** The roles that are set on a project and its environments; what is absent stays. */
export interface ProjectRole {
  readonly projectId: string
  /** Empty: takes it away, or leaves it where roles on environments come beside. */
  readonly role?: string | undefined
  readonly environmentsRole?: readonly EnvironmentRole[] | undefined
}

/** The roles that are set on a company and below it; what is absent stays. */
export interface Roles {
  readonly role?: string | undefined
  readonly projectsRole?: readonly ProjectRole[] | undefined
}

/** The roles that somebody was given on a project and its environments. */
export interface RolesOnProject {
  /** The id of the project. */
  readonly _id: string
  readonly roles: readonly string[]
  readonly environments: readonly { readonly envId: string; readonly roles: readonly string[] }[]
}

/** A service account of a company, with its roles. */
export interface CompanyAccount {
  readonly clientId: string
  readonly name: string
  readonly description: string
  readonly state: 'enabled' | 'disabled' | 'DRAFT' | 'TRASH' | 'DELETED'
  readonly authMethod: NewServiceAccount['tokenEndpointAuthMethod']
  readonly companyRoles: readonly string[]
  readonly projects: readonly RolesOnProject[]
  readonly audiences: readonly string[]
  readonly defaultAudience?: string
  /** Claims of its assertions that go into its tokens. */
  readonly allowedCustomClaims?: readonly string[]
  readonly jwksUri?: string
  /** RFC 3339; empty when it never logged in. */
  readonly lastLogin: string
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
  /** How many of its credentials are good. */
  readonly liveCredentials?: number
  /** When the next of them ends that no rotation put out of use. */
  readonly nextExpiresAt?: string
  readonly lastUsedAt?: string
  /** Whether a secret is still good that another took the place of. */
  readonly rotating?: boolean
}

/** What creates a service account of a company. */
export interface NewCompanyAccount extends Omit<NewServiceAccount, 'permissions'>, Roles {}

/** A service account of a company that was just made. */
export interface CreatedCompanyAccount {
  readonly clientId: string
  /** Shown this once. */
  readonly clientSecret?: string
  readonly kid?: string
  /** Seconds. */
  readonly clientIdIssuedAt: number
  /** Seconds; 0 when it does not expire. */
  readonly clientSecretExpiresAt: number
  /** The id of its company. */
  readonly company: string
  readonly projects: readonly RolesOnProject[]
}

/** What changes a service account of a company: at least one member; what is absent stays. */
export interface CompanyAccountPatch extends Roles {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly audiences?: readonly string[] | undefined
  /** One of the audiences; null takes it away. */
  readonly defaultAudience?: string | null | undefined
  readonly allowedCustomClaims?: readonly string[] | undefined
  /** PUBLIC approves an account that is a draft. */
  readonly state?: 'enabled' | 'disabled' | 'DRAFT' | 'PUBLIC' | undefined
}

/** What a change of roles answers, in the console's own words. */
export interface RolesUpdated {
  readonly statusCode: number
  readonly message: string
}

/** Which service accounts of a company are asked for, and in which order. */
export interface CompanyAccountsFilter extends AccountsFilter {
  /** Held on the company. */
  readonly role?: string | undefined
}
