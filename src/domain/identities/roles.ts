import { boundThere, granting } from '../access/bound.ts'
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
import { isInSight, rolesInSight, type Sight } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { slicesOf } from '../lists/page.ts'
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
  /** Those, and what reaches it from elsewhere, as far as it grants anything. */
  readonly effectiveRoles: readonly string[]
  /** Of groups the first hundred. */
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
  readonly set: ByPlace
  /** What of that grants anything. */
  readonly own: ByPlace
  readonly groups: ByPlace
}

const rolesAt = (held: ByPlace, on: Place) => (held.get(on) ?? []).map(({ role }) => role)

/** What is held on some places that reaches those below them. */
const reaching = (held: ByPlace, above: readonly Place[]) =>
  above.flatMap((on) => held.get(on) ?? []).filter(({ role }) => role !== guestRole)

/** So many groups are named on one place: who is in thousands of them has them on each of thousands of places. */
const mostGroups = 100

/** The roles of somebody on a place that has these above it. */
function rolesOn({ set, own, groups }: Held, on: Place, above: readonly Place[]): RolesOn {
  const roles = rolesAt(set, on)
  const fromAbove = reaching(own, above).map(({ on: place, role }) => {
    return { role, source: levelOf(place) === 'project' ? 'project' : 'company' } as const
  })
  const fromGroups = [...(groups.get(on) ?? []), ...reaching(groups, above)]
  const named = fromGroups.slice(0, mostGroups).map(({ role, group = '' }) => {
    return { role, source: 'group', group } as const
  })
  const all = [...rolesAt(own, on), ...[...fromAbove, ...fromGroups].map(({ role }) => role)]
  const inherited = [...fromAbove, ...named]
  const effectiveRoles = [...new Set(all)]
  return { roles, effectiveRoles, inherited }
}

function onProject(held: Held, { projectId, envIds }: ShownProject): ProjectRoles {
  const project = projectPlace(projectId)
  const above = [held.company, project]
  // Where nothing is held on the environment itself, all are alike.
  const fromAbove = rolesOn(held, environmentPlace(projectId, ''), above)
  const isHeld = (on: Place) => held.set.has(on) || held.groups.has(on)
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

/** So many environments may those projects have that are named: each row tells of all of them. */
const mostNamed = 5000

/** It is asked of so many environments in one turn whether they are in sight: about a millisecond. */
const atOnce = 250

async function environmentsInSight(
  ctx: Context,
  { sight }: Shown,
  projectId: string,
): Promise<readonly string[]> {
  const found: string[] = []
  const all = ctx.known.environments.in(projectPlace(projectId))
  for await (const some of slicesOf(ctx, all, atOnce)) {
    const ids = some.map(({ envId }) => envId)
    found.push(...ids.filter((envId) => isInSight(sight, environmentPlace(projectId, envId))))
  }
  return found.toSorted()
}

/**
 * Projects of the company that are named, each with its environments, as far as either is in sight. Fails with
 * `request.invalid` when the environments are too many.
 */
export async function namedProjects(
  ctx: Context,
  shown: Shown,
  projectIds: readonly string[],
): Promise<readonly ShownProject[]> {
  const { companyId, sight } = shown
  const named: ShownProject[] = []
  let room = mostNamed
  for await (const [projectId = ''] of slicesOf(ctx, projectIds, 1)) {
    if (ctx.known.projects.get(projectId)?.company !== companyId) continue
    const envIds = await environmentsInSight(ctx, shown, projectId)
    room -= envIds.length
    if (room < 0) {
      throw new Problem('request.invalid', { rule: 'projects_are_bounded', most: mostNamed })
    }
    if (envIds.length > 0 || isInSight(sight, projectPlace(projectId))) {
      named.push({ projectId, envIds })
    }
  }
  return named
}

/** The projects on or below which somebody holds roles, each with such environments. */
function heldProjects(held: Held): readonly ShownProject[] {
  const places = [...new Set([...held.set.keys(), ...held.groups.keys()])]
  const below = Map.groupBy(
    places.filter((on) => on !== held.company),
    projectIdOf,
  )
  return [...below]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([projectId, some]) => {
      const ids = some
        .filter((on) => levelOf(on) === 'environment')
        .map((on) => partsOf(idOf(on))[1] ?? '')
      return { projectId, envIds: ids.toSorted() }
    })
}

const byPlace = (roles: readonly HeldRole[]): ByPlace => Map.groupBy(roles, ({ on }) => on)

/** The roles of one identity in a company: of all that it holds, what is in sight. */
export function rolesOfIdentity(
  { known }: Pick<Context, 'known'>,
  { companyId, sight, named }: Shown,
  identity: Identity,
): IdentityRoles {
  const company = companyPlace(companyId)
  const all = boundThere(known, ownRoles(known, companyId, identity))
  const own = rolesInSight(sight, all)
  const groups = rolesInSight(sight, rolesOfGroups(known, companyId, identity))
  const held = {
    company,
    set: byPlace(own),
    own: byPlace(granting(known, own)),
    groups: byPlace(granting(known, groups)),
  }
  const projects = named ?? heldProjects(held)
  return {
    identity,
    onCompany: rolesOn(held, company, []),
    projects: projects.map((project) => onProject(held, project)),
  }
}
