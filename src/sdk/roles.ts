// Roles and permissions as the management API takes and answers them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** What a right is about: the whole installation, or a part of the tree. */
export type Level = 'root' | 'company' | 'project' | 'environment'

/** One of the six roles that every company has. */
export interface Role {
  /** As it is named wherever a role is given. */
  readonly roleId: string
  readonly name: string
  readonly description: string
  /** Where it may be held. */
  readonly levels: readonly Level[]
  /** All that it holds on any of them. */
  readonly permissions: readonly string[]
}

/** A role that a company made for itself. */
export interface CustomRole extends Role {
  readonly companyId: string
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
}

/** What makes a role of a company. */
export interface NewRole {
  readonly name: string
  readonly description?: string | undefined
  readonly permissions: readonly string[]
}

/** What changes a role of a company: at least one member; what is absent stays. */
export type RolePatch = { readonly [M in keyof NewRole]?: NewRole[M] | undefined }

/** A permission, and what it lets its holder do. */
export interface PermissionMeaning {
  readonly permission: string
  /** On what it is asked about. */
  readonly level: Level
  readonly description: string
}
