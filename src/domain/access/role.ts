import type { Permission } from './permissions.ts'
import type { Level } from './places.ts'

/** A role: what it is, where it may be held, and what it holds there. */
export interface Role {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly levels: readonly Level[]
  /** What it holds on a place of this level. */
  readonly at: (level: Level) => ReadonlySet<Permission>
  /** Whoever holds all of these on the place may hand the role on, though they hold less than it does. */
  readonly handedOnBy?: readonly Permission[]
  /** Whether no account and no group can have it. */
  readonly isForPeople?: true
}
