import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import { type Binding, roleOn, withBinding } from './binding.ts'
import { roleAt } from './bound.ts'
import type { Rights } from './decide.ts'
import { assertMayGrant } from './may-grant.ts'
import { assertInsider, assertPermitted } from './permit.ts'
import { companyPlace, levelOf, type Place } from './places.ts'
import { currentRights } from './rights.ts'
import type { Role } from './role.ts'
import { builtInRole } from './roles.ts'
import { companyOf, pathOf, type Tree } from './tree.ts'

/** A role as it shall be on a place; an empty one takes it away. */
export type RoleChange = Binding

/** As much of what is known as says which places and roles there are. */
interface Offered {
  readonly known: Tree & { readonly roles: Pick<Known['roles'], 'get'> }
}

/** A role by its name. Fails with `request.invalid` when there is none for places of this company. */
function roleThere({ known }: Offered, company: Place, { on, role }: RoleChange): Role {
  const found = roleAt(known, role, company)
  if (found) return found
  throw new Problem('request.invalid', { rule: 'role_is_there', role, on })
}

/** A role that a list is narrowed by must be there, too. Fails with `request.invalid`. */
export function assertRoleThere(ctx: Offered, company: Place, role: string | undefined): void {
  if (role !== undefined) roleThere(ctx, company, { on: company, role })
}

function assertThere(ctx: Offered, company: Place, { on, role }: RoleChange): void {
  const { known } = ctx
  const path = pathOf(known, on)
  if (!path || companyOf(path) !== company) {
    throw new Problem('request.invalid', { rule: 'place_is_there', on })
  }
  if (role === '') return
  const { levels } = roleThere(ctx, company, { on, role })
  if (levels.includes(levelOf(on))) return
  throw new Problem('request.invalid', { rule: 'role_fits', role, on })
}

/** Places and roles must be there, and fit. Fails with `request.invalid`, which names what does not. */
export function assertRolesThere(
  ctx: Offered,
  companyId: string,
  changes: readonly RoleChange[],
): void {
  const company = companyPlace(companyId)
  for (const change of changes) assertThere(ctx, company, change)
  const twice = changes.find(({ on }, at) => changes.findIndex((one) => one.on === on) < at)
  if (twice) throw new Problem('request.invalid', { rule: 'place_is_named_once', on: twice.on })
}

/** Accounts and groups have no role that is for people. Fails with `request.invalid`. */
export function assertForAnybody(changes: readonly RoleChange[]): void {
  const found = changes.find(({ role }) => builtInRole(role)?.isForPeople)
  if (found) throw new Problem('request.invalid', { rule: 'role_is_for_people', ...found })
}

/**
 * Whether somebody may change these roles: on every place, from what is there to what shall be, and
 * nothing beyond their own. Fails with `actor.forbidden` or `grant.exceeds_own`.
 */
export function assertMayBind(
  ctx: Context,
  rights: Rights,
  {
    changes,
    bindings,
  }: { readonly changes: readonly RoleChange[]; readonly bindings: readonly Binding[] },
): void {
  for (const { on, role } of changes) {
    const action = levelOf(on) === 'company' ? 'binding.set_on_company' : 'binding.set_below'
    assertPermitted(ctx, rights, { action, on })
    const former = { on, role: roleOn(bindings, on) }
    assertMayGrant(ctx.known, rights, { owner: on, bindings: [former, { on, role }] })
  }
}

/** The bindings with all of these changes. */
export function bound(
  bindings: readonly Binding[],
  changes: readonly RoleChange[],
): readonly Binding[] {
  return changes.reduce<readonly Binding[]>(withBinding, bindings)
}

/** Reads what the actor may do, who must have something to do with the company. */
export async function insiderRights(ctx: Context, companyId: string): Promise<Rights> {
  const rights = await currentRights(ctx)
  assertInsider(ctx, rights, companyPlace(companyId))
  return rights
}
