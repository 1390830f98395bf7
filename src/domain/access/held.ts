import type { Known } from '../known.ts'
import { Recent } from '../recent.ts'
import type { Binding } from './binding.ts'
import { type BoundRole, groupsOf, holdingOf, type RoleHolding, type Subject } from './bound.ts'
import { type Holding, type Rights, rightsWith } from './decide.ts'
import type { Permission } from './permissions.ts'
import { companyPlace, type Place } from './places.ts'
import { ownerRole } from './roles.ts'
import { companyAbove } from './tree.ts'

/** So many lists of bindings are remembered by place. */
const mostLists = 10_000

/** The companies that somebody belongs to, whatever roles there are. */
function ownCompanies(known: Known, subject: Subject): readonly Place[] {
  const member = groupsOf(known, subject).map(({ company }) => companyPlace(company))
  return [...member, ...companyAbove(known, subject.home)]
}

function directHolding({ permissions }: Subject): Holding {
  return { on: 'root', by: { kind: 'permission' }, permissions: new Set<Permission>(permissions) }
}

/** What somebody may do by some of what is bound to it, and by what is granted to it directly. */
export function rightsBy(known: Known, subject: Subject, bindings: readonly BoundRole[]): Rights {
  const byRoles = bindings.flatMap(
    ({ on, role, group }) => holdingOf(known, { on, role }, group) ?? [],
  )
  const { audiences } = subject
  const bound = byRoles.map(({ company }) => company)
  const companies = () => new Set([...bound, ...ownCompanies(known, subject)])
  return rightsWith([directHolding(subject), ...byRoles], { audiences, companies })
}

type BoundAt = ReadonlyMap<Place, readonly Binding[]>

const boundAt = new Recent<readonly Binding[], BoundAt>(mostLists)

/** What is bound, by its place: of one list found once, whatever becomes of the tree. */
function byPlace(bindings: readonly Binding[]): BoundAt {
  const places = boundAt.get(bindings) ?? Map.groupBy(bindings, ({ on }) => on)
  boundAt.set(bindings, places)
  return places
}

/** Bindings that come to somebody in one way. */
interface Source {
  readonly bound: BoundAt
  readonly group?: string
}

function sourcesOf(known: Known, subject: Subject): readonly Source[] {
  const founded = subject.ref ? known.foundedBy(subject.ref) : []
  const owned = founded.map(({ id }) => ({ on: companyPlace(id), role: ownerRole }))
  return [
    { bound: byPlace(subject.bindings) },
    { bound: Map.groupBy(owned, ({ on }) => on) },
    ...groupsOf(known, subject).map(({ id, bindings }) => {
      return { bound: byPlace(bindings), group: id }
    }),
  ]
}

function heldOn(known: Known, sources: readonly Source[], on: Place): readonly RoleHolding[] {
  return sources.flatMap(({ bound, group }) =>
    (bound.get(on) ?? []).flatMap((binding) => holdingOf(known, binding, group) ?? []),
  )
}

/** What somebody may do by all that is bound to it: looked at place by place, as it is asked for. */
export function rightsByPlace(known: Known, subject: Subject): Rights {
  const sources = sourcesOf(known, subject)
  const direct = [directHolding(subject)]
  const held = new Map<Place, readonly RoleHolding[]>()
  const byRoles = (on: Place): readonly RoleHolding[] => {
    const found = held.get(on) ?? heldOn(known, sources, on)
    if (found.length > 0) held.set(on, found)
    return found
  }
  let companies: ReadonlySet<Place> | undefined
  const allCompanies = () => {
    const places = sources.flatMap(({ bound }) => [...bound.keys()])
    const bound = places.flatMap((on) => byRoles(on).map(({ company }) => company))
    return new Set([...bound, ...ownCompanies(known, subject)])
  }
  return {
    held: { get: (on) => (on === 'root' ? direct : byRoles(on)) },
    audiences: subject.audiences,
    companies: () => {
      companies ??= allCompanies()
      return companies
    },
  }
}
