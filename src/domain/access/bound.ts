import type { SubjectRef } from '../companies/company.ts'
import type { Group } from '../groups/group.ts'
import type { Known } from '../known.ts'
import { customRoleLevels } from '../roles/custom-role.ts'
import { those } from '../those.ts'
import type { Binding } from './binding.ts'
import type { Holding } from './decide.ts'
import { levelOfPermission } from './ladder.ts'
import type { Permission, RootPermission } from './permissions.ts'
import { companyPlace, type Level, levelOf, type Place } from './places.ts'
import type { Role } from './role.ts'
import { builtInRole, ownerRole } from './roles.ts'
import { companyOf, pathOf } from './tree.ts'

/** As much of what is known as a role is looked for in. */
interface WithRoles {
  readonly roles: Pick<Known['roles'], 'get'>
}

/** A role of a company as the engine knows it: what it holds on a place of a level. */
function customRole(known: WithRoles, id: string, company: Place): Role | undefined {
  const made = known.roles.get(id)
  if (!made || companyPlace(made.company) !== company) return undefined
  const held = new Set(made.permissions)
  const { name, description } = made
  return { id, name, description, levels: customRoleLevels, at: () => held }
}

/** A role by its name, as it stands on a place of this company; undefined when there is none. */
export function roleAt(known: WithRoles, id: string, company: Place): Role | undefined {
  return builtInRole(id) ?? customRole(known, id, company)
}

/** What is held by a role, and the company that its place is in. */
export interface RoleHolding extends Holding {
  readonly company: Place
}

/** What a binding holds, as long as its place and its role are there. */
export function holdingOf(
  known: Known,
  { on, role }: Binding,
  group?: string,
): RoleHolding | undefined {
  const path = pathOf(known, on)
  const company = path && companyOf(path)
  const found = company && roleAt(known, role, company)
  if (!found) return undefined
  const by = { kind: 'role', role, ...(group !== undefined && { group }) } as const
  return { on, by, permissions: found.at(levelOf(on)), company }
}

/**
 * Those whose place and role are there: the others are on their way out, and hold nothing. The very same list
 * where all are, as nearly always: whoever has the same roles has one list, and what is made of it is kept once.
 */
export function boundThere<B extends Binding>(known: Known, bindings: readonly B[]): readonly B[] {
  return those(bindings, ({ on, role }) => holdingOf(known, { on, role }) !== undefined)
}

function grantsOn(level: Level, permissions: Iterable<Permission>): boolean {
  for (const permission of permissions) if (levelOfPermission(permission) === level) return true
  return false
}

/**
 * Those that grant anything there and below: of what a role holds, that counts whose level is the one of its place.
 * The very same list where all do.
 */
export function granting<B extends Binding>(known: Known, bindings: readonly B[]): readonly B[] {
  return those(bindings, ({ on, role }) => {
    return grantsOn(levelOf(on), holdingOf(known, { on, role })?.permissions ?? [])
  })
}

/** All that is bound to somebody: who it is, and what is granted to it directly. */
export interface Subject {
  /** Who it is for groups and companies; absent for a group: groups hold no groups. */
  readonly ref?: SubjectRef
  readonly permissions: readonly RootPermission[]
  readonly bindings: readonly Binding[]
  readonly audiences: readonly string[]
  /** The company, or the project of one, that it belongs to; absent for root accounts and people. */
  readonly home?: Place
  /** Ids of groups that its login puts it in, besides those that name it. */
  readonly groups?: readonly string[]
}

/** The groups that somebody is in. */
export function groupsOf(known: Known, { ref, groups = [] }: Subject): readonly Group[] {
  const claimed = groups.flatMap((id) => known.groups.get(id) ?? [])
  return [...new Set([...(ref ? known.groupsOf(ref) : []), ...claimed])]
}

/** A role that somebody holds, and how it came to them, where it is not bound to them alone. */
export interface BoundRole extends Binding {
  /** The group that hands it on. */
  readonly group?: string
  readonly isFounder?: true
}

/** Every role that somebody holds: by itself, as the founder of a company, and by its groups. */
export function bindingsOf(known: Known, subject: Subject): readonly BoundRole[] {
  const founded = subject.ref ? known.foundedBy(subject.ref) : []
  const groups = groupsOf(known, subject)
  if (founded.length === 0 && groups.length === 0) return subject.bindings
  return [
    ...subject.bindings,
    ...founded.map(
      ({ id }): BoundRole => ({ on: companyPlace(id), role: ownerRole, isFounder: true }),
    ),
    ...groups.flatMap(({ id, bindings }) => bindings.map((binding) => ({ ...binding, group: id }))),
  ]
}
