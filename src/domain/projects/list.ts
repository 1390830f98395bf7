import { isPermitted } from '../access/may-see.ts'
import { idOf, levelOf } from '../access/places.ts'
import { currentRights, standingRoles, subjectOf } from '../access/rights.ts'
import { seenProjects } from '../companies/list.ts'
import { type Context, isSomebody } from '../context.ts'
import { slicesOf } from '../lists/page.ts'
import type { Project } from './project.ts'

/** So many are listed at most. */
const mostListed = 10_000

const everything = {
  companyIds: [],
  sorting: { by: 'createdAt', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: mostListed,
} as const

const byAge = (one: Project, other: Project) =>
  one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)

/** The projects on which the actor has a role, oldest first. */
async function ownProjects(ctx: Context): Promise<readonly Project[]> {
  const rights = await currentRights(ctx)
  const roles = isSomebody(ctx.actor)
    ? standingRoles(ctx.known, subjectOf(ctx.known, ctx.actor))
    : []
  const places = [...new Set(roles.map(({ on }) => on))].filter((on) => levelOf(on) === 'project')
  const found: Project[] = []
  for await (const some of slicesOf(ctx, places)) {
    const seen = some.filter((on) => isPermitted(ctx, rights, { action: 'project.read', on }))
    found.push(...seen.flatMap((on) => ctx.known.projects.get(idOf(on)) ?? []))
  }
  return found.toSorted(byAge).slice(0, mostListed)
}

/** The projects on which the actor has a role, or all that the actor may see, oldest first. */
export async function listProjects(
  ctx: Context,
  which: 'own' | 'all',
): Promise<readonly Project[]> {
  if (which === 'own') return await ownProjects(ctx)
  return (await seenProjects(ctx, everything)).items.map(({ project }) => project)
}
