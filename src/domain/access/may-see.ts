import type { Context } from '../context.ts'
import type { Environment } from '../environments/environment.ts'
import type { Action } from './actions.ts'
import type { Rights } from './decide.ts'
import { decideAction } from './decide-action.ts'
import { environmentPlace, levelOf, type Place, projectPlace } from './places.ts'
import { pathOf } from './tree.ts'

/** Whether somebody may do this on a place, which may be gone. */
export function isPermitted(
  ctx: Context,
  rights: Rights,
  { action, on }: { readonly action: Action; readonly on: Place },
): boolean {
  const path = pathOf(ctx.known, on)
  return path !== undefined && decideAction(ctx, rights, { action, path }).allowed
}

/** Whether somebody may see a project or an environment. */
export function maySee(ctx: Context, rights: Rights, on: Place): boolean {
  const action = levelOf(on) === 'environment' ? 'environment.read' : 'project.read'
  return isPermitted(ctx, rights, { action, on })
}

/** The environments of a project that somebody may see. */
export function seenEnvironments(
  ctx: Context,
  rights: Rights,
  projectId: string,
): readonly Environment[] {
  return ctx.known.environments.in(projectPlace(projectId)).filter(({ envId }) => {
    return maySee(ctx, rights, environmentPlace(projectId, envId))
  })
}
