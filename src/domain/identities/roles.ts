import { boundThere } from '../access/bound.ts'
import {
  companyPlace,
  environmentPlace,
  levelOf,
  type Place,
  projectIdOf,
  projectPlace,
} from '../access/places.ts'
import { isInSight, type Sight } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { type HeldRole, type Identity, ownRoles, rolesOfGroups } from './identity.ts'

/** A role that reaches a place without being set on it, and where it comes from. */
export interface InheritedRole {
  readonly role: string
  readonly source: 'company' | 'project' | 'group'
  /** The group that hands it on. */
  readonly group?: string
}

/** The roles of somebody on one place. */
export interface RolesOn {
  /** Those that are set there. */
  readonly roles: readonly string[]
  /** Those, and what reaches it from elsewhere: all of it counts. */
  readonly effectiveRoles: readonly string[]
  readonly inherited: readonly InheritedRole[]
}

/** The roles of somebody on an environment. */
export interface EnvironmentRoles extends RolesOn {
  readonly envId: string
}

/** The roles of somebody on a project, and on environments of it. */
interface ProjectRoles extends RolesOn {
  readonly projectId: string
  /** Those where a role is set. */
  readonly environments: readonly EnvironmentRoles[]
  /** Those where none is set and some role counts: by a group, or from above. */
  readonly inheritedEnvironments: readonly EnvironmentRoles[]
}

/** An identity with its roles in a company. */
export interface IdentityRoles {
  readonly identity: Identity
  readonly onCompany: RolesOn
  readonly projects: readonly ProjectRoles[]
}

/** It shows nothing of what is below. */
const staysAbove = 'guest'

const rolesAt = (held: readonly HeldRole[], on: Place) =>
  held.filter((one) => one.on === on).map(({ role }) => role)

/** What reaches a place of a path from above it, and from groups. */
function inheritedOn(
  own: readonly HeldRole[],
  groups: readonly HeldRole[],
  { above, on }: { readonly above: readonly Place[]; readonly on: Place },
): readonly InheritedRole[] {
  const reaches = ({ on: place, role }: HeldRole) => above.includes(place) && role !== staysAbove
  const fromAbove = own.filter(reaches).map(({ on: place, role }) => {
    return { role, source: levelOf(place) === 'project' ? 'project' : 'company' } as const
  })
  const fromGroups = groups
    .filter((held) => held.on === on || reaches(held))
    .map(({ role, group = '' }) => ({ role, source: 'group', group }) as const)
  return [...fromAbove, ...fromGroups]
}

/** All that somebody holds in a company. */
interface Held {
  readonly company: Place
  readonly own: readonly HeldRole[]
  readonly groups: readonly HeldRole[]
}

function rolesOn({ own, groups }: Held, on: Place, above: readonly Place[]): RolesOn {
  const roles = rolesAt(own, on)
  const inherited = inheritedOn(own, groups, { above, on })
  const effectiveRoles = [...new Set([...roles, ...inherited.map(({ role }) => role)])]
  return { roles, effectiveRoles, inherited }
}

const rolesHeld = ({ own, groups }: Held): readonly HeldRole[] => [...own, ...groups]

/** The environments of a project on which somebody holds a role by itself or by a group, in their order. */
function environmentsWithRole(held: Held, projectId: string): readonly string[] {
  const start = environmentPlace(projectId, '')
  const ids = rolesHeld(held).flatMap(({ on }) =>
    on.startsWith(start) ? [on.slice(start.length)] : [],
  )
  return [...new Set(ids)].toSorted()
}

function onProject(held: Held, { projectId, envIds }: ShownProject): ProjectRoles {
  const project = projectPlace(projectId)
  const above = [held.company, project]
  // Where nothing is held on the environment itself, all are alike.
  const bound = new Set(environmentsWithRole(held, projectId))
  const fromAbove = rolesOn(held, environmentPlace(projectId, ''), above)
  const all = envIds.map((envId) => ({
    envId,
    ...(bound.has(envId) ? rolesOn(held, environmentPlace(projectId, envId), above) : fromAbove),
  }))
  return {
    projectId,
    ...rolesOn(held, project, [held.company]),
    environments: all.filter(({ roles }) => roles.length > 0),
    inheritedEnvironments: all.filter(({ roles, effectiveRoles }) => {
      return roles.length === 0 && effectiveRoles.length > 0
    }),
  }
}

/** The projects of a company on or below which somebody holds a role by itself or by a group, oldest first. */
function projectsWithRole(held: Held): readonly string[] {
  const below = rolesHeld(held).filter(({ on }) => on !== held.company)
  return [...new Set(below.map(({ on }) => projectIdOf(on)))].toSorted()
}

/** A project on which roles are shown. */
export interface ShownProject {
  readonly projectId: string
  /** Those of its environments on which roles are shown, in their order. */
  readonly envIds: readonly string[]
}

/** Whose roles are shown: those of a company, to somebody with this sight. */
export interface Shown {
  readonly companyId: string
  readonly sight: Sight
  /** Only these projects, and all of them; absent: those on which there are roles. */
  readonly named?: readonly ShownProject[] | undefined
}

/** Whether roles on a project are shown: it is of the company, and in sight. */
function isShown({ known }: Context, { companyId, sight }: Shown, projectId: string): boolean {
  return (
    known.projects.get(projectId)?.company === companyId &&
    isInSight(sight, projectPlace(projectId))
  )
}

/** Projects that are named, as far as they are in sight, each with its environments. */
export function namedProjects(
  ctx: Context,
  shown: Shown,
  projectIds: readonly string[],
): readonly ShownProject[] {
  const seen = projectIds.filter((id) => isShown(ctx, shown, id))
  return seen.map((projectId) => {
    const envIds = ctx.known.environments.in(projectPlace(projectId)).map(({ envId }) => envId)
    const inSight = (envId: string) => isInSight(shown.sight, environmentPlace(projectId, envId))
    return { projectId, envIds: envIds.filter(inSight).toSorted() }
  })
}

/** The projects on or below which somebody holds roles, as far as they are in sight, each with such environments. */
function heldProjects(ctx: Context, shown: Shown, held: Held): readonly ShownProject[] {
  const seen = projectsWithRole(held).filter((id) => isShown(ctx, shown, id))
  return seen.map((projectId) => {
    const inSight = (envId: string) => isInSight(shown.sight, environmentPlace(projectId, envId))
    return { projectId, envIds: environmentsWithRole(held, projectId).filter(inSight) }
  })
}

/** The roles of one identity in a company, on projects that the actor may see. */
export function rolesOfIdentity(ctx: Context, shown: Shown, identity: Identity): IdentityRoles {
  const { companyId, named } = shown
  const company = companyPlace(companyId)
  const own = boundThere(ctx.known, ownRoles(ctx.known, companyId, identity))
  const groups = boundThere(ctx.known, rolesOfGroups(ctx.known, companyId, identity))
  const held = { company, own, groups }
  const projects = named ?? heldProjects(ctx, shown, held)
  return {
    identity,
    onCompany: rolesOn(held, company, []),
    projects: projects.map((project) => onProject(held, project)),
  }
}
