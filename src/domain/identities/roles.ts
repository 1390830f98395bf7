import { boundThere } from '../access/bound.ts'
import {
  companyPlace,
  environmentPlace,
  idOf,
  levelOf,
  type Place,
  partsOf,
  projectIdOf,
  projectPlace,
} from '../access/places.ts'
import { guestRole } from '../access/roles.ts'
import { isInSight, type Sight } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
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

type ByPlace = ReadonlyMap<Place, readonly HeldRole[]>

/** All that somebody holds in a company, by where it is held. */
interface Held {
  readonly company: Place
  readonly own: ByPlace
  readonly groups: ByPlace
}

const rolesAt = (held: ByPlace, on: Place) => (held.get(on) ?? []).map(({ role }) => role)

/** What is held on some places that reaches those below them. */
const reaching = (held: ByPlace, above: readonly Place[]) =>
  above.flatMap((on) => held.get(on) ?? []).filter(({ role }) => role !== guestRole)

/** The roles of somebody on a place that has these above it. */
function rolesOn({ own, groups }: Held, on: Place, above: readonly Place[]): RolesOn {
  const roles = rolesAt(own, on)
  const fromAbove = reaching(own, above).map(({ on: place, role }) => {
    return { role, source: levelOf(place) === 'project' ? 'project' : 'company' } as const
  })
  const fromGroups = [...(groups.get(on) ?? []), ...reaching(groups, above)].map(
    ({ role, group = '' }) => ({ role, source: 'group', group }) as const,
  )
  const inherited = [...fromAbove, ...fromGroups]
  const effectiveRoles = [...new Set([...roles, ...inherited.map(({ role }) => role)])]
  return { roles, effectiveRoles, inherited }
}

function onProject(held: Held, { projectId, envIds }: ShownProject): ProjectRoles {
  const project = projectPlace(projectId)
  const above = [held.company, project]
  // Where nothing is held on the environment itself, all are alike.
  const fromAbove = rolesOn(held, environmentPlace(projectId, ''), above)
  const isHeld = (on: Place) => held.own.has(on) || held.groups.has(on)
  const all = envIds.map((envId) => {
    const on = environmentPlace(projectId, envId)
    return { envId, ...(isHeld(on) ? rolesOn(held, on, above) : fromAbove) }
  })
  return {
    projectId,
    ...rolesOn(held, project, [held.company]),
    environments: all.filter(({ roles }) => roles.length > 0),
    inheritedEnvironments: all.filter(({ roles, effectiveRoles }) => {
      return roles.length === 0 && effectiveRoles.length > 0
    }),
  }
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

/** So many environments may those projects have that are named: each row tells of all of them. */
const mostNamed = 5000

/**
 * Projects that are named, as far as they are in sight, each with its environments. Fails with
 * `request.invalid` when these are too many.
 */
export function namedProjects(
  ctx: Context,
  shown: Shown,
  projectIds: readonly string[],
): readonly ShownProject[] {
  let room = mostNamed
  const seen = projectIds.filter((id) => isShown(ctx, shown, id))
  return seen.map((projectId) => {
    const envIds = ctx.known.environments.in(projectPlace(projectId)).map(({ envId }) => envId)
    room -= envIds.length
    if (room < 0) {
      throw new Problem('request.invalid', { rule: 'projects_are_bounded', most: mostNamed })
    }
    const inSight = (envId: string) => isInSight(shown.sight, environmentPlace(projectId, envId))
    return { projectId, envIds: envIds.filter(inSight).toSorted() }
  })
}

/** The projects on or below which somebody holds roles, as far as they are in sight, each with such environments. */
function heldProjects(ctx: Context, shown: Shown, held: Held): readonly ShownProject[] {
  const places = [...new Set([...held.own.keys(), ...held.groups.keys()])]
  const below = Map.groupBy(
    places.filter((on) => on !== held.company),
    projectIdOf,
  )
  const seen = [...below].filter(([projectId]) => isShown(ctx, shown, projectId))
  return seen
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([projectId, some]) => {
      const ids = some
        .filter((on) => levelOf(on) === 'environment' && isInSight(shown.sight, on))
        .map((on) => partsOf(idOf(on))[1] ?? '')
      return { projectId, envIds: ids.toSorted() }
    })
}

const placeOf = ({ on }: HeldRole) => on

/** The roles of one identity in a company, on projects that the actor may see. */
export function rolesOfIdentity(ctx: Context, shown: Shown, identity: Identity): IdentityRoles {
  const { companyId, named } = shown
  const company = companyPlace(companyId)
  const own = boundThere(ctx.known, ownRoles(ctx.known, companyId, identity))
  const groups = boundThere(ctx.known, rolesOfGroups(ctx.known, companyId, identity))
  const held = {
    company,
    own: Map.groupBy<Place, HeldRole>(own, placeOf),
    groups: Map.groupBy(groups, placeOf),
  }
  const projects = named ?? heldProjects(ctx, shown, held)
  return {
    identity,
    onCompany: rolesOn(held, company, []),
    projects: projects.map((project) => onProject(held, project)),
  }
}
