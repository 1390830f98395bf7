import type { Needs } from './ladder.ts'
import type { Permission } from './permissions.ts'
import { type Level, levelOf, type Path, type Place } from './places.ts'

/** By what somebody holds permissions: directly, or by a role, which a group may have handed on. */
type By =
  | { readonly kind: 'permission' }
  | { readonly kind: 'role'; readonly role: string; readonly group?: string }

/** Permissions that are held on one place. */
export interface Holding {
  readonly on: Place
  readonly by: By
  readonly permissions: ReadonlySet<Permission>
}

/** What somebody may do at this moment. `everything` is what the system itself may do. */
export interface Rights {
  readonly held: Pick<ReadonlyMap<Place, readonly Holding[]>, 'get'>
  /** Audiences that it may have tokens for, and so may let others have. */
  readonly audiences: readonly string[]
  /** The companies that it has anything to do with: to all others it is a stranger. */
  readonly companies: () => ReadonlySet<Place>
  readonly everything?: true
}

/** The permission that allowed something, where it is held, and by what. */
export interface Grant {
  readonly on: Place
  readonly permission: Permission
  readonly by: By
}

/** A permission on a place, which was looked for. */
export interface Wanted {
  readonly level: Level
  readonly on: Place
  readonly permission: Permission
}

/** Why something is allowed, or what was looked for. */
export type Decision =
  | { readonly allowed: true; readonly grant: Grant | 'system' }
  | { readonly allowed: false; readonly tried: readonly Wanted[] }

/** All that would allow something on the last place of a path, from the root down. */
function wantedOn(needs: Needs, path: Path): readonly Wanted[] {
  return path.flatMap((on) => {
    const level = levelOf(on)
    return (needs[level] ?? []).map((permission) => ({ level, on, permission }))
  })
}

function grantOf({ held }: Rights, { on, permission }: Wanted): Grant | undefined {
  const holding = held.get(on)?.find(({ permissions }) => permissions.has(permission))
  return holding && { on, permission, by: holding.by }
}

/**
 * Judges one question: whether somebody holds what is needed on the last place of a path, or above it.
 * All grants add up, from the root down; nothing takes one away. Looks at nothing else.
 */
export function decide(rights: Rights, needs: Needs, path: Path): Decision {
  if (rights.everything) return { allowed: true, grant: 'system' }
  const tried = wantedOn(needs, path)
  for (const wanted of tried) {
    const grant = grantOf(rights, wanted)
    if (grant) return { allowed: true, grant }
  }
  return { allowed: false, tried }
}

/** Rights that are made of holdings. */
export function rightsWith(
  holdings: readonly Holding[],
  rest: Omit<Rights, 'held' | 'companies'> & Partial<Pick<Rights, 'companies'>>,
): Rights {
  return { companies: () => new Set(), ...rest, held: Map.groupBy(holdings, ({ on }) => on) }
}
