import type { Rights } from '../access/decide.ts'
import { lackingOf } from '../access/may-grant.ts'
import { isPermission, isRootPermission, type Permission } from '../access/permissions.ts'
import { companyPlace } from '../access/places.ts'
import { builtInRoles } from '../access/roles.ts'
import { pathOf } from '../access/tree.ts'
import type { Context } from '../context.ts'
import { foldName } from '../names.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import type { CustomRole } from './custom-role.ts'

/** Whoever needs more does not want roles, but rights of single people. */
export const mostRoles = 200

/** How many roles a company may have, or `role.limit`. */
export function roomForRole(
  { known }: { readonly known: { readonly roles: Pick<Context['known']['roles'], 'in'> } },
  companyId: string,
) {
  return {
    of: `roles of ${companyId}`,
    most: mostRoles,
    count: () => known.roles.in(companyPlace(companyId)).length,
    full: () => new Problem('role.limit', { most: mostRoles }),
  } satisfies Room
}

const builtInNames = new Set(builtInRoles.flatMap(({ id, name }) => [id, foldName(name)]))

/** One that is called as a role that every company has would pass for it. Fails with `name.taken`. */
export function assertNameIsItsOwn(name: string | undefined): void {
  if (name === undefined || !builtInNames.has(foldName(name))) return
  throw new Problem('name.taken', { key: 'name' })
}

/** The permissions that a role shall hold, each once. Fails naming those that no role can hold. */
export function rolePermissions(given: readonly string[]): readonly Permission[] {
  const unknown = given.filter((name) => !isPermission(name))
  if (unknown.length > 0) throw new Problem('permission.unknown', { unknown, of: 'role' })
  const root = given.find(isRootPermission)
  if (root === undefined) return [...new Set(given.filter(isPermission))]
  throw new Problem('request.invalid', { rule: 'role_is_of_a_company', permission: root })
}

/** Nobody makes a role that holds more than they do, or changes one. Fails with `grant.exceeds_own`. */
export function assertMayHold(
  { known }: Context,
  rights: Rights,
  {
    role: { company, permissions },
    where,
  }: {
    readonly role: Pick<CustomRole, 'company' | 'permissions'>
    readonly where: 'given' | 'role'
  },
): void {
  const path = pathOf(known, companyPlace(company))
  const permission = path && lackingOf(rights, permissions, path)
  if (permission !== undefined) throw new Problem('grant.exceeds_own', { where, permission })
}
