import { roleOn, withBinding } from '../access/binding.ts'
import { type Place, projectPlace } from '../access/places.ts'
import { change } from '../change.ts'
import type { Context } from '../context.ts'
import { slicesOf } from '../lists/page.ts'
import { isProblem, Problem } from '../problem.ts'
import { addressee } from '../users/invite.ts'
import { userAt } from '../users/target.ts'
import type { PendingOwner, Project } from './project.ts'
import { projectAt } from './projects.ts'
import { asSystem } from './system.ts'

/** Whoever made a project is letting its owners in for so long: nobody else does it meanwhile. */
const youngMs = 2000
/** How often it is judged anew whose an address is. */
const attempts = 5

async function bindOnce(ctx: Context, on: Place, userId: string): Promise<void> {
  await change(ctx, userAt({ userId }), {
    action: 'project_user.add',
    decide: (before) => {
      if (roleOn(before.bindings, on) !== '') return { after: before, result: undefined }
      const bindings = withBinding(before.bindings, { on, role: 'owners' })
      return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
    },
  })
}

/** Whether somebody was there to be bound. */
async function isBound(ctx: Context, on: Place, userId: string): Promise<boolean> {
  try {
    await bindOnce(ctx, on, userId)
    return true
  } catch (error) {
    if (isProblem(error, 'user.not_found')) return false
    throw error
  }
}

/** A person who is gone owns nothing; an invitation may be claimed between being found and bound. */
async function bindOwner(ctx: Context, on: Place, { by, value }: PendingOwner): Promise<void> {
  if (by === 'id') {
    await isBound(ctx, on, value)
    return
  }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (await isBound(ctx, on, (await addressee(ctx, value)).id)) return
  }
  throw new Problem('record.conflict', {})
}

/** Binds the owners of a new project to it, and notes that they are; doing it again does nothing more. */
export async function letOwnersIn(given: Context, project: Project): Promise<void> {
  const [ctx, on] = [asSystem(given), projectPlace(project.id)]
  for (const owner of project.pendingOwners ?? []) await bindOwner(ctx, on, owner)
  await change(ctx, projectAt({ projectId: project.id }), {
    action: 'project.activate',
    decide: (before) => {
      const { pendingOwners, ...after } = before
      return { after: pendingOwners ? after : before, result: undefined }
    },
  })
}

async function finish(ctx: Context, id: string): Promise<void> {
  const project = await ctx.store.get('project', id)
  if (!project?.live || !project.pendingOwners) return
  try {
    await letOwnersIn(ctx, project)
  } catch (error) {
    if (!isProblem(error, 'project.not_found', 'company.not_found')) throw error
  }
}

/**
 * Lets the owners into projects whose maker came to grief before they were in. Answers how many projects
 * still wait for theirs.
 */
export async function finishProjects(ctx: Context): Promise<number> {
  let young = 0
  for await (const some of slicesOf(ctx, [...ctx.known.projects.all()])) {
    for (const { id, createdAt } of some.filter(({ pendingOwners }) => pendingOwners)) {
      if (ctx.now() - createdAt < youngMs) young += 1
      else await finish(ctx, id)
    }
  }
  return young
}
