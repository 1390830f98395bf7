import type { KnownAccount } from '../accounts/account.ts'
import type { Known } from '../known.ts'
import type { Owner } from '../owner.ts'
import { Problem } from '../problem.ts'
import type { Binding } from './binding.ts'
import { bindingsOf, roleAt } from './bound.ts'
import { decide, type Rights } from './decide.ts'
import { ladder } from './ladder.ts'
import { type Permission, type RootPermission, rootPermissionNames } from './permissions.ts'
import { levelOf, type Path } from './places.ts'
import { accountSubject } from './rights.ts'
import type { Role } from './role.ts'
import { builtInRole, ownerRole } from './roles.ts'
import { companyOf, pathOf } from './tree.ts'

/** What an account has, or shall have. */
export interface Given {
  /** Whom the account belongs to. */
  readonly owner: Owner
  readonly permissions?: readonly RootPermission[]
  readonly bindings?: readonly Binding[]
  readonly audiences?: readonly string[]
  /** Whether it is given as managers of a project hand it on, who hold less. */
  readonly handedOn?: true | undefined
}

function holdsAtRoot({ held, everything }: Rights, permission: RootPermission): boolean {
  return (
    everything === true || (held.get('root') ?? []).some((own) => own.permissions.has(permission))
  )
}

/** The first of some permissions that somebody may not hand on there; undefined: it may, them all. */
export function lackingOf(
  rights: Rights,
  permissions: readonly Permission[],
  path: Path,
): Permission | undefined {
  if (holdsAtRoot(rights, 'console.root.user.bind')) return undefined
  return permissions.find((permission) => !decide(rights, ladder(permission), path).allowed)
}

function lacking(rights: Rights, role: Role | undefined, path: Path): Permission | undefined {
  const [place = 'root'] = path.slice(-1)
  return lackingOf(rights, [...(role?.at(levelOf(place)) ?? [])], path)
}

function isHandedOn(rights: Rights, { handedOnBy }: Role, path: Path): boolean {
  return handedOnBy !== undefined && lackingOf(rights, handedOnBy, path) === undefined
}

/** Whoever holds everything at the root, or in a company, has every audience for its accounts. */
function hasAllAudiences(known: Known, rights: Rights, owner: Owner): boolean {
  if (rootPermissionNames.every((permission) => holdsAtRoot(rights, permission))) return true
  const path = owner === 'root' ? undefined : pathOf(known, owner)
  return path !== undefined && lacking(rights, builtInRole(ownerRole), path) === undefined
}

type Bound = Binding & Pick<Given, 'handedOn'>

function excessBinding(known: Known, rights: Rights, { on, role: id, handedOn }: Bound) {
  const path = pathOf(known, on)
  const company = path && companyOf(path)
  const role = company && roleAt(known, id, company)
  // What is bound to a place that is gone, or by a role that is gone, holds nothing.
  if (!role || (handedOn && isHandedOn(rights, role, path))) return undefined
  return lacking(rights, role, path)
}

/** The first permission or audience that is not held; undefined when all are. */
function beyond(known: Known, rights: Rights, given: Given) {
  const { permissions = [], bindings = [], audiences = [], owner, handedOn } = given
  const permission =
    permissions.find((name) => !holdsAtRoot(rights, name)) ??
    bindings
      .map((binding) => excessBinding(known, rights, { ...binding, handedOn }))
      .find((name) => name)
  if (permission !== undefined) return { permission }
  const audience = audiences.find((name) => !rights.audiences.includes(name))
  if (audience === undefined || hasAllAudiences(known, rights, owner)) return undefined
  return { audience }
}

/** Nobody grants what they do not hold. Fails with `grant.exceeds_own`, naming what it is. */
export function assertMayGrant(known: Known, rights: Rights, given: Given): void {
  const excess = beyond(known, rights, given)
  if (excess) throw new Problem('grant.exceeds_own', { where: 'given', ...excess })
}

/** Nobody changes a person or a group that holds more than they do. Fails with `grant.exceeds_own`. */
export function assertMayTouch(
  known: Known,
  rights: Rights,
  { where, ...held }: Given & { readonly where: 'user' | 'group' },
): void {
  const excess = beyond(known, rights, { ...held, handedOn: true })
  if (excess) throw new Problem('grant.exceeds_own', { where, ...excess })
}

/**
 * Nobody changes an account, or makes a credential for one, that holds more than they do: by itself,
 * by its groups, or as the founder of a company.
 */
export function assertMayChange(known: Known, rights: Rights, account: KnownAccount): void {
  const bindings = bindingsOf(known, accountSubject(account))
  const excess = beyond(known, rights, { ...account, bindings, handedOn: true })
  if (excess) throw new Problem('grant.exceeds_own', { where: 'account', ...excess })
}
