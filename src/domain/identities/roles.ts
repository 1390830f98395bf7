import { boundThere } from '../access/bound.ts'
import type { Rights } from '../access/decide.ts'
import { isPermitted } from '../access/may-see.ts'
import {
  companyPlace,
  environmentPlace,
  levelOf,
  type Place,
  projectIdOf,
  projectPlace,
} from '../access/places.ts'
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

/** The roles of somebody on a project, and on those of its environments where one is set. */
interface ProjectRoles extends RolesOn {
  readonly projectId: string
  readonly environments: readonly (RolesOn & { readonly envId: string })[]
}

/** An identity with its roles in a company. */
export interface IdentityRoles {
  readonly identity: Identity
  readonly companyRoles: readonly string[]
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

function environmentsWithRole({ own }: Held, projectId: string): readonly string[] {
  const start = environmentPlace(projectId, '')
  return own.flatMap(({ on }) => (on.startsWith(start) ? [on.slice(start.length)] : [])).toSorted()
}

function onProject(held: Held, projectId: string): ProjectRoles {
  const project = projectPlace(projectId)
  const environments = environmentsWithRole(held, projectId).map((envId) => ({
    envId,
    ...rolesOn(held, environmentPlace(projectId, envId), [held.company, project]),
  }))
  return { projectId, ...rolesOn(held, project, [held.company]), environments }
}

/** The projects of a company below which somebody holds a role by itself, oldest first. */
function projectsWithRole({ own, company }: Held): readonly string[] {
  const below = own.filter(({ on }) => on !== company).map(({ on }) => projectIdOf(on))
  return [...new Set(below)].toSorted()
}

/** Whose roles are shown: those of a company, to somebody with these rights. */
export interface Shown {
  readonly companyId: string
  readonly rights: Rights
  /** Only these projects, and all of them; absent: those on which there are roles. */
  readonly projectIds?: readonly string[] | undefined
}

/** The roles of one identity in a company, on projects that the actor may see. */
export function rolesOfIdentity(
  ctx: Context,
  { companyId, rights, projectIds }: Shown,
  identity: Identity,
): IdentityRoles {
  const company = companyPlace(companyId)
  const own = boundThere(ctx.known, ownRoles(ctx.known, companyId, identity))
  const groups = boundThere(ctx.known, rolesOfGroups(ctx.known, companyId, identity))
  const held = { company, own, groups }
  const seen = (projectIds ?? projectsWithRole(held)).filter((id) => {
    const isOwn = ctx.known.projects.get(id)?.company === companyId
    return isOwn && isPermitted(ctx, rights, { action: 'project.read', on: projectPlace(id) })
  })
  return {
    identity,
    companyRoles: rolesAt(own, company),
    projects: seen.map((id) => onProject(held, id)),
  }
}
