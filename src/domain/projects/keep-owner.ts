import { roleOn } from '../access/binding.ts'
import { isPermitted } from '../access/may-see.ts'
import { companyPlace, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { pendingOf } from '../pending-endings.ts'
import { Problem } from '../problem.ts'
import type { User } from '../users/user.ts'
import { unseen } from '../versioned.ts'
import type { Project } from './project.ts'

/** The people who own a project. */
export function ownersIn({ known }: Pick<Context, 'known'>, projectId: string): readonly User[] {
  const on = projectPlace(projectId)
  return known.usersOn(on).filter(({ bindings }) => roleOn(bindings, on) === 'owners')
}

/** Whoever may do it in the whole company can give the project an owner again, or has one who can. */
async function mayFromAbove(ctx: Context, { company }: Project): Promise<boolean> {
  const on = companyPlace(company)
  return isPermitted(ctx, await currentRights(ctx), { action: 'project_user.remove', on })
}

/**
 * Sees to it that owners of a project who end each other's part in the same moment leave one of them: each ending is
 * announced in the record of the project first, and whoever is about to go counts as gone. Who acts by a right from
 * above may end the last one. Fails with `record.conflict`: whoever tries again is an owner no more.
 */
export function keepsProjectOwner(ctx: Context, projectId: string) {
  return async (before: User, after: User): Promise<void> => {
    const on = projectPlace(projectId)
    if (roleOn(before.bindings, on) !== 'owners' || roleOn(after.bindings, on) === 'owners') return
    const project = await ctx.store.get('project', projectId)
    if (!project?.live || (await mayFromAbove(ctx, project))) return
    const pending = await pendingOf(ctx, project, before.id)
    const gone = new Set([before.id, ...pending.map(({ id }) => id)])
    if (!ownersIn(ctx, projectId).some(({ id }) => !gone.has(id))) {
      throw new Problem('record.conflict', {})
    }
    const ending = [...pending, { id: before.id, version: before.version }]
    const announced = { ...unseen(project), ending, version: project.version + 1 }
    const step = { action: 'project.end_ownership', before: project, after: announced } as const
    await ctx.store.commit('project', announced, eventOf(ctx, 'project', step))
  }
}
