import type { Context } from '../context.ts'
import type { ActionRow } from './action-row.ts'
import { type Action, actions } from './actions.ts'
import { type Decision, decide, type Holding, type Rights } from './decide.ts'
import type { Path } from './places.ts'

/** Who manages a project by one of these roles, and does not own it for that. */
const managers: ReadonlySet<string> = new Set(['projectmanagers', 'project-admin'])

function withoutManagers(rights: Rights): Rights {
  const isKept = ({ by }: Holding) => by.kind !== 'role' || !managers.has(by.role)
  return { ...rights, held: { get: (on) => rights.held.get(on)?.filter(isKept) } }
}

/** Judges whether somebody may do this on the last place of a path, by the settings too. */
export function decideAction(
  { projects }: Pick<Context, 'projects'>,
  rights: Rights,
  { action, path }: { readonly action: Action; readonly path: Path },
): Decision {
  const { grantedBy, keptForOwners }: ActionRow = actions[action]
  const isKept = keptForOwners === 'by_setting' && projects.accountsManagedBy === 'owners'
  return decide(isKept ? withoutManagers(rights) : rights, grantedBy, path)
}
