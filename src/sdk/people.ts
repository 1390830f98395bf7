import type { AccountsFilter, ListFilter } from './management.ts'
import type { Level } from './roles.ts'

// Who can hold roles, as the management API shows them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

interface AllRoles {
  /** Those that are set there, and what reaches it from elsewhere, as far as it grants anything. */
  readonly effectiveRoles: readonly string[]
  readonly inherited: readonly {
    readonly role: string
    readonly source: 'company' | 'project' | 'group'
    /** The group that hands it on. */
    readonly group?: string
  }[]
}

interface RolesOn extends AllRoles {
  /** Those that are set there. */
  readonly roles: readonly string[]
}

interface RolesOnEnvironment extends RolesOn {
  readonly envId: string
}

/** Somebody who can hold roles in a company, with those that are held. */
export interface Identity extends AllRoles {
  /** The id of a person or group, or a client id. */
  readonly identityId: string
  readonly name: string
  readonly identityType: 'user' | 'group' | 'serviceaccount'
  /** Those that are set on the company. */
  readonly companyRoles: readonly string[]
  readonly projects: readonly (RolesOn & {
    /** The id of the project. */
    readonly _id: string
    /** Those where a role is set. */
    readonly environments: readonly RolesOnEnvironment[]
    /** Those where none is set and one counts: by a group, or from above it where the project was named. */
    readonly inheritedEnvironments: readonly RolesOnEnvironment[]
  })[]
}

/** Which identities are asked for, and in which order. */
export interface IdentitiesFilter extends ListFilter {
  readonly identityType?: Identity['identityType'] | undefined
  /** Exactly these projects are told of each. */
  readonly projectIds?: readonly string[] | undefined
  /** One that counts on the company, by a group too. */
  readonly role?: string | undefined
  /** Of accounts and people, in the words of both. */
  readonly state?: AccountsFilter['state'] | User['state'] | undefined
  /** Of accounts. */
  readonly method?: AccountsFilter['method']
}

/** A person, as those see them who manage people. */
export interface User {
  readonly userId: string
  readonly name: string
  readonly email?: string
  /** Whether the issuer vouches for it. */
  readonly emailVerified?: boolean
  /** Who says who it is; absent as long as an invitation is open. */
  readonly issuer?: string
  readonly state: 'invited' | 'enabled' | 'disabled'
  /** What is granted at the root. */
  readonly permissions: readonly string[]
  /** RFC 3339; empty when nobody signed in yet. */
  readonly lastLogin: string
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
}

/** Which people are asked for, and in which order. */
export interface UsersFilter extends ListFilter {
  readonly state?: User['state'] | undefined
  /** RFC 3339: those who did not sign in since; never counts. */
  readonly unusedSince?: string | undefined
}

/** What changes a person: at least one member; what is absent stays. */
export interface UserPatch {
  readonly state?: 'enabled' | 'disabled' | undefined
  /** An array, or one text with commas between them. */
  readonly permissions?: string | readonly string[] | undefined
}

interface SeenPlace {
  readonly companyId: string
  /** The same id. */
  readonly tenantId: string
  readonly name: string
  readonly slug: string
}

/** Who asks, by what right, and what they may see. */
export interface Me {
  readonly kind: 'user' | 'serviceaccount'
  /** The id of a person, or a client id. */
  readonly id: string
  readonly name: string
  readonly email?: string
  /** What they may do in the whole installation, as far as the token goes. */
  readonly permissions: readonly string[]
  /** At most 1000 of them, as of companies and projects. */
  readonly roles: readonly {
    readonly role: string
    readonly level: Exclude<Level, 'root'>
    /** The id of what it is held on. */
    readonly resource: string
    readonly source: 'own' | 'group' | 'founder'
    readonly group?: string
  }[]
  readonly companies: readonly SeenPlace[]
  readonly projects: readonly (SeenPlace & { readonly projectId: string })[]
  /** How many there are of each. */
  readonly totals: {
    readonly roles: number
    readonly companies: number
    readonly projects: number
  }
}
