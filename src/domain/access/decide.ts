import type { Owner } from '../owner.ts'
import { type Action, grantsOf, type Level, type ResourceType } from './actions.ts'
import type { Permission } from './permissions.ts'

/** What an action is done to: of which type it is, and whom it belongs to. */
export interface Resource {
  readonly type: ResourceType
  readonly owner: Owner
}

/** A permission that an actor holds, and at which level it was granted. */
export interface Grant {
  readonly level: Level
  readonly permission: Permission
}

/** What somebody may do at this moment. `everything` is what the system itself may do. */
export interface Rights {
  readonly grants: readonly Grant[]
  /** Audiences that it may have tokens for, and so may let others have. */
  readonly audiences: readonly string[]
  readonly everything?: true
}

/** Why an action is allowed, or what was tried and what would have sufficed. */
export type Decision =
  | { readonly allowed: true; readonly why: { readonly grant: Grant | 'system' } }
  | {
      readonly allowed: false
      readonly why: { readonly tried: readonly Grant[]; readonly wouldSuffice: readonly Grant[] }
    }

/** From the ground up: a grant of one level reaches what belongs to those before it. */
const levels = ['environment', 'project', 'company', 'root'] as const satisfies Level[]

function levelOf(owner: Owner): Level {
  if (owner.startsWith('environment:')) return 'environment'
  if (owner.startsWith('project:')) return 'project'
  return owner.startsWith('company:') ? 'company' : 'root'
}

/** The levels from which a grant reaches what this owner has: its own, and all above. */
function levelsOver(owner: Owner): readonly Level[] {
  return levels.slice(levels.indexOf(levelOf(owner)))
}

/** Judges one action of somebody with these rights, on one resource. Looks at nothing else. */
export function decide(rights: Rights, action: Action, { owner }: Resource): Decision {
  if (rights.everything) return { allowed: true, why: { grant: 'system' } }
  const grantedBy = grantsOf(action)
  const wouldSuffice = levelsOver(owner).flatMap((level) => {
    const permission = grantedBy[level]
    return permission === undefined ? [] : [{ level, permission }]
  })
  const grant = rights.grants.find((held) =>
    wouldSuffice.some(
      ({ level, permission }) => held.level === level && held.permission === permission,
    ),
  )
  if (grant) return { allowed: true, why: { grant } }
  return { allowed: false, why: { tried: rights.grants, wouldSuffice } }
}
