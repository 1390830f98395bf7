import { seenEnvironments } from '../access/may-see.ts'
import { permit } from '../access/permit.ts'
import { companyPlace, projectPlace } from '../access/places.ts'
import { change, type Demand, findFor, insert, type Target } from '../change.ts'
import type { SeenProject } from '../companies/list.ts'
import type { Context } from '../context.ts'
import { trustedId } from '../ids.ts'
import { newRecordId } from '../records.ts'
import { inRoom } from '../room.ts'
import { another, slugOf, underFreeSlug } from '../slugs.ts'
import { type NewPlace, newMembers, type PlacePatch, renamed, tombstone } from '../tree-records.ts'
import type { Project } from './project.ts'
import { roomIn } from './room.ts'

/** Which project a use case is about, as its caller names it. */
export interface ProjectTarget {
  readonly projectId: string
  /** The company that it must belong to; absent: any. */
  readonly companyId?: string | undefined
  readonly demand?: Demand
}

/** Where a project is looked for. */
export function projectAt({ projectId, companyId, demand }: ProjectTarget): Target<'project'> {
  return {
    kind: 'project',
    find: async (ctx) => {
      const project = await ctx.store.get('project', projectId)
      return companyId === undefined || project?.company === companyId ? project : undefined
    },
    on: projectPlace(projectId),
    absent: 'project.not_found',
    demand,
  }
}

/** What a new project is made of. */
export type NewProject = NewPlace & Pick<Project, 'id' | 'company' | 'sharesName' | 'pendingOwners'>

/** Writes a new project under a free slug; whoever calls has asked for leave. */
export async function writeProject(
  ctx: Context,
  { id, company, ...place }: NewProject,
  write: (record: Project) => Promise<void>,
): Promise<Project> {
  const { sharesName, pendingOwners, ...rest } = place
  const members = newMembers(ctx, rest)
  const withOwners = { ...(sharesName && { sharesName }), ...(pendingOwners && { pendingOwners }) }
  const slug = slugOf(place.name)
  return await underFreeSlug(['slug'], async (attempt) => {
    const unique = attempt === 0 ? slug : another(slug)
    const record: Project = { id, company, ...members, ...withOwners, slug: unique }
    await write(record)
    return record
  })
}

/** Creates a project of a company. Fails with `company.not_found`, `name.taken` or `project.limit`. */
export async function createProject(
  ctx: Context,
  companyId: string,
  input: NewPlace,
): Promise<Project> {
  await permit(ctx, 'project.create', companyPlace(companyId))
  const id = newRecordId('project', ctx.now())
  const company = trustedId('company', companyId)
  return await inRoom(roomIn(ctx, companyId), () =>
    writeProject(ctx, { ...input, id, company }, (record) =>
      insert(ctx, 'project', { action: 'project.create', record }),
    ),
  )
}

/** Reads one project. Fails with `project.not_found`. */
export async function readProject(ctx: Context, target: ProjectTarget): Promise<SeenProject> {
  const { record, rights } = await findFor(ctx, projectAt(target), 'project.read')
  return { project: record, environments: seenEnvironments(ctx, rights, record.id) }
}

/** Changes what a project is called. */
export async function updateProject(
  ctx: Context,
  target: ProjectTarget,
  patch: PlacePatch,
): Promise<SeenProject> {
  const { record, result } = await change(ctx, projectAt(target), {
    action: 'project.update',
    decide: (before, rights) => ({
      after: renamed(ctx, before, patch),
      result: seenEnvironments(ctx, rights, before.id),
    }),
  })
  return { project: record, environments: result }
}

/** Deletes a project in one write: from then on everything below it is dead. */
export async function deleteProject(ctx: Context, target: ProjectTarget): Promise<void> {
  await change(ctx, projectAt(target), {
    action: 'project.delete',
    decide: (before) => ({ after: tombstone(ctx, before), result: undefined }),
  })
}
