import type { Roles, RolesOnProject } from './company-accounts.ts'
import type { ListFilter } from './management.ts'
import type { User, UsersFilter } from './people.ts'

// People and groups of a company as the management API takes and answers them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** A person of a company. */
export interface CompanyUser {
  readonly userId: string
  /** Empty where it is not known. */
  readonly email: string
  readonly fullname: string
  readonly name: string
  readonly state: User['state']
  readonly companyRoles: readonly string[]
  readonly projects: readonly RolesOnProject[]
  /** RFC 3339; empty when they never signed in. */
  readonly lastLogin: string
  readonly groups: readonly { readonly _id: string; readonly name: string }[]
}

/** Which people of a company are asked for, and in which order. */
export interface CompanyUsersFilter extends UsersFilter {
  /** Set on the company for the person. */
  readonly role?: string | undefined
}

/** What invites somebody into a company. */
export interface Invitation {
  readonly email: string
  /** On the company. */
  readonly role: string
}

/** A group of a company, with its members. */
export interface Group {
  readonly _id: string
  /** The same as `_id`. */
  readonly groupId: string
  readonly name: string
  /** What issuers call it, where that is not its name. */
  readonly externalName?: string
  /** On the company; empty where it has none. */
  readonly role: string
  readonly projects: readonly RolesOnProject[]
  readonly members: readonly {
    /** The id of a person, or a client id. */
    readonly id: string
    readonly name: string
    readonly type: 'user' | 'serviceaccount'
  }[]
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
}

/** Which groups are asked for, and in which order. */
export interface GroupsFilter extends ListFilter {
  /** Set on the company. */
  readonly role?: string | undefined
}

/** What makes a group. */
export interface NewGroup {
  readonly name: string
  readonly role?: string | undefined
  /** Ids of people, and client ids. */
  readonly members?: readonly string[] | undefined
  readonly externalName?: string | undefined
}

/** What changes a group and its roles: at least one member; what is absent stays. */
export interface GroupPatch extends Roles {
  readonly name?: string | undefined
  /** Null: its name again. */
  readonly externalName?: string | null | undefined
}

/** Who is put into a group: at least one member. */
export interface NewMembers {
  readonly emails?: readonly string[] | undefined
  /** Ids of people, and client ids. */
  readonly memberIds?: readonly string[] | undefined
}

/** Who is taken out of a group. */
export interface FormerMembers {
  readonly memberIds: readonly string[]
}
