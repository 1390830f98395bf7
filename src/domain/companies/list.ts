import { isPermitted, seenEnvironments } from '../access/may-see.ts'
import { companyPlace, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import type { Context } from '../context.ts'
import type { Environment } from '../environments/environment.ts'
import type { Project } from '../projects/project.ts'
import type { Company } from './company.ts'

/** The companies that the actor may see, oldest first. */
export async function seenCompanies(ctx: Context): Promise<readonly Company[]> {
  const rights = await currentRights(ctx)
  return [...ctx.known.companies.all()].filter(({ id }) => {
    return isPermitted(ctx, rights, { action: 'company.read', on: companyPlace(id) })
  })
}

/** A project with those of its environments that the actor may see. */
export interface SeenProject {
  readonly project: Project
  readonly environments: readonly Environment[]
}

/** The projects of some companies (of all, when none is named) that the actor may see. */
export async function seenProjects(
  ctx: Context,
  companyIds: readonly string[],
): Promise<readonly SeenProject[]> {
  const rights = await currentRights(ctx)
  const { projects } = ctx.known
  const some =
    companyIds.length === 0
      ? [...projects.all()]
      : [...new Set(companyIds)].flatMap((id) => projects.in(companyPlace(id)))
  return some
    .filter(({ id }) => isPermitted(ctx, rights, { action: 'project.read', on: projectPlace(id) }))
    .map((project) => ({ project, environments: seenEnvironments(ctx, rights, project.id) }))
}
