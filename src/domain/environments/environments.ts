import { seenEnvironments } from '../access/may-see.ts'
import { assertInsider, permit } from '../access/permit.ts'
import { environmentPlace, type Place, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { noSuchPlace } from '../access/tree.ts'
import { change, type Demand, findFor, insert, type Target } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { Problem } from '../problem.ts'
import type { Project } from '../projects/project.ts'
import { newRecordId } from '../records.ts'
import { inRoom, type Room } from '../room.ts'
import { another, slugOf, underFreeSlug } from '../slugs.ts'
import { type NewPlace, newMembers, type PlacePatch, renamed, tombstone } from '../tree-records.ts'
import type { Environment } from './environment.ts'

/** Which environment a use case is about, as its caller names it. */
export interface EnvironmentTarget {
  readonly projectId: string
  readonly envId: string
  readonly demand?: Demand
}

/** So many may a project have: they are shown with it. */
const mostEnvironments = 1000

/** The longest DNS label (RFC 1123 §2.1). */
const longestNamespace = 63

function environmentAt({ projectId, envId, demand }: EnvironmentTarget): Target<'environment'> {
  return {
    kind: 'environment',
    find: (ctx) => ctx.store.find('environment', 'envId', `${projectId}\u0000${envId}`),
    on: environmentPlace(projectId, envId),
    absent: 'environment.not_found',
    demand,
  }
}

function namespaceFor(project: Project, slug: string, isTaken: boolean): string {
  const wanted = `${project.slug}-${slug}`
  const isLong = wanted.length > longestNamespace
  return isLong || isTaken ? another(wanted, longestNamespace) : wanted
}

/** An environment to be made. */
interface EnvironmentToMake extends NewPlace {
  readonly project: Project
  /** What it is called by callers; absent: as its slug. */
  readonly envId?: string
}

/** Writes a new environment under free names; whoever calls has asked for leave. */
export async function writeEnvironment(
  ctx: Context,
  { project, envId, ...place }: EnvironmentToMake,
  write: (record: Environment) => Promise<void>,
): Promise<Environment> {
  const members = newMembers(ctx, place)
  const wanted = slugOf(place.name)
  const free = ['slug', 'namespace', ...(envId === undefined ? ['envId'] : [])]
  return await underFreeSlug(free, async (attempt) => {
    const slug = attempt === 0 || attempt === 1 ? wanted : another(wanted)
    const record: Environment = {
      id: newRecordId('environment', ctx.now()),
      company: project.company,
      project: project.id,
      envId: envId ?? slug,
      ...members,
      slug,
      namespace: namespaceFor(project, slug, attempt > 0),
    }
    await write(record)
    return record
  })
}

function roomIn({ known }: Context, project: Place): Room {
  return {
    of: `environments of ${project}`,
    most: mostEnvironments,
    count: () => known.environments.in(project).length,
    full: () => new Problem('environment.limit', { most: mostEnvironments }),
  }
}

/**
 * Creates an environment of a project. Fails with `project.not_found`, `name.taken` or
 * `environment.limit`.
 */
export async function createEnvironment(
  ctx: Context,
  projectId: string,
  input: NewPlace,
): Promise<Environment> {
  const on = projectPlace(projectId)
  await permit(ctx, 'environment.create', on)
  const project = ctx.known.projects.get(projectId)
  if (!project) throw noSuchPlace(on)
  return await inRoom(roomIn(ctx, on), () =>
    writeEnvironment(ctx, { ...input, project }, (record) =>
      insert(ctx, 'environment', { action: 'environment.create', record }),
    ),
  )
}

/** Reads one environment. Fails with `environment.not_found`. */
export async function readEnvironment(
  ctx: Context,
  target: EnvironmentTarget,
): Promise<Environment> {
  return (await findFor(ctx, environmentAt(target), 'environment.read')).record
}

/** The environments of a project that the actor may see. Fails with `project.not_found`. */
export async function listEnvironments(
  ctx: Context,
  projectId: string,
  asked: ListAsked,
): Promise<ListPage<Environment>> {
  const rights = await currentRights(ctx)
  assertInsider(ctx, rights, projectPlace(projectId))
  const some = slicesOf(ctx, seenEnvironments(ctx, rights, projectId))
  const row = ({ envId: id, name, createdAt }: Environment) => ({ id, name, createdAt })
  return await pageOf(ctx, { of: ['environments', projectId], some, row }, asked)
}

/** Changes what an environment is called. */
export async function updateEnvironment(
  ctx: Context,
  target: EnvironmentTarget,
  patch: PlacePatch,
): Promise<Environment> {
  const { record } = await change(ctx, environmentAt(target), {
    action: 'environment.update',
    decide: (before) => ({ after: renamed(ctx, before, patch), result: undefined }),
  })
  return record
}

/** Deletes an environment in one write. */
export async function deleteEnvironment(ctx: Context, target: EnvironmentTarget): Promise<void> {
  await change(ctx, environmentAt(target), {
    action: 'environment.delete',
    decide: (before) => ({ after: tombstone(ctx, before), result: undefined }),
  })
}
