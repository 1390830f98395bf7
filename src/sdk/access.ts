import type { ListFilter } from './management.ts'
import type { Identity } from './people.ts'
import type { Level } from './roles.ts'

// Questions of access as the management API takes and answers them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** What is asked: whether somebody may do something somewhere. */
export interface AccessQuestion {
  /** A client id, or the id of a person or group; who asks when absent. */
  readonly subject?: string | undefined
  readonly permission: string
  /** The id of a company or project, or `projectId:envId`; the root when absent. */
  readonly resource?: string | undefined
}

interface AccessPlace {
  readonly level: Level
  /** As it is asked about; empty for the root. */
  readonly resource: string
}

/** What lets somebody do something. */
export interface AccessGrant extends AccessPlace {
  readonly kind: 'permission' | 'role'
  readonly role?: string
  /** The group that hands it on. */
  readonly group?: string
}

/** What was looked for in vain, and what would be enough. */
export interface AccessTried {
  /** From the root down. */
  readonly tried: readonly (AccessPlace & { readonly permission: string })[]
  /** The least of the six roles, as far down as one is enough. */
  readonly wouldSuffice?: AccessPlace & { readonly role: string }
  /** There where they may not log in. */
  readonly inactive?: boolean
}

/** Why something is allowed, or is not. */
export interface AccessExplained {
  readonly allowed: boolean
  readonly why: { readonly grant: AccessGrant } | AccessTried
}

/** Somebody who may do something. */
export interface AccessHolder {
  readonly identityId: string
  readonly identityType: Identity['identityType']
  readonly name: string
  readonly grant: AccessGrant
}

/** Who may do what somewhere is asked for, and in which order. */
export interface HoldersFilter extends ListFilter {
  readonly permission: string
  readonly resource?: string | undefined
}
