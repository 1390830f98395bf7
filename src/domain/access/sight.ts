import type { Context } from '../context.ts'
import { those } from '../those.ts'
import type { Binding } from './binding.ts'
import type { Rights } from './decide.ts'
import { isPermitted, maySee } from './may-see.ts'
import { actsEverywhere } from './permit.ts'
import { levelOf, type Place } from './places.ts'
import { rightsAtHand } from './rights.ts'

/** On which places of a company somebody is shown who holds roles. */
export type Sight = 'everywhere' | ((on: Place) => boolean)

function seesAll(ctx: Context, rights: Rights, company: Place): boolean {
  const may = (action: 'project.read' | 'environment.read' | 'binding.set_below') =>
    isPermitted(ctx, rights, { action, on: company })
  return may('binding.set_below') || (may('project.read') && may('environment.read'))
}

/**
 * What somebody with these rights is shown of the roles below a company: those on places that they may see,
 * or where they give roles; all of them to whoever acts in every company.
 */
export function sightOf(ctx: Context, rights: Rights, company: Place): Sight {
  if (actsEverywhere(rights) || seesAll(ctx, rights, company)) return 'everywhere'
  return (on) =>
    maySee(ctx, rights, on) || isPermitted(ctx, rights, { action: 'binding.set_below', on })
}

/** The same of the actor, by what is known here; whoever is gone by now sees nothing. */
export function sightAtHand(ctx: Context, company: Place): Sight {
  const rights = rightsAtHand(ctx)
  return rights ? sightOf(ctx, rights, company) : () => false
}

/** Whether somebody with this sight is shown who holds roles on a place of a company. */
export function isInSight(sight: Sight, on: Place): boolean {
  return sight === 'everywhere' || levelOf(on) === 'company' || sight(on)
}

/** Those of some roles that somebody with this sight is shown: the very same list where none is out of sight. */
export function rolesInSight<B extends Binding>(sight: Sight, roles: readonly B[]): readonly B[] {
  return sight === 'everywhere' ? roles : those(roles, ({ on }) => isInSight(sight, on))
}

/** Whoever holds roles, without those out of sight: the very same where none is. */
export function inSight<T extends { readonly roles: readonly Binding[] }>(sight: Sight, of: T): T {
  const roles = rolesInSight(sight, of.roles)
  return roles === of.roles ? of : { ...of, roles }
}
