import { type Account, isActive } from '../accounts/account.ts'
import type { Context, Principal } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Store } from '../store.ts'
import type { Grant, Rights } from './decide.ts'
import { type Permission, permissionNames } from './permissions.ts'

function rootGrants(permissions: readonly Permission[]): readonly Grant[] {
  return permissions.map((permission) => ({ level: 'root', permission }))
}

async function rightsOf(store: Store, principal: Principal): Promise<Rights> {
  switch (principal.kind) {
    case 'account': {
      const account = await store.get('account', principal.id)
      if (!isActive(account)) throw new Problem('actor.unauthenticated', { why: 'inactive' })
      const { permissions, audiences } = account
      const held = permissions.filter((permission) => principal.ceiling.includes(permission))
      return { grants: rootGrants(held), audiences }
    }
    case 'person':
      // Nothing can be bound to people or their groups yet.
      return { grants: [], audiences: [] }
  }
}

/**
 * What the actor may do at this moment, read from the store and not from any cache: what it holds, up
 * to the ceiling that its token sets. Whoever impersonates it must still be there, and lends it
 * nothing. Fails with `actor.unauthenticated`.
 */
export async function currentRights({ store, actor }: Context): Promise<Rights> {
  if (actor.kind === 'system') {
    return { grants: rootGrants(permissionNames), audiences: [], everything: true }
  }
  if (actor.impersonatedBy) await rightsOf(store, actor.impersonatedBy)
  return await rightsOf(store, actor)
}

/** Whoever holds every permission there is holds every audience too. */
function holdsAll({ grants, everything }: Rights): boolean {
  const held = new Set(grants.map(({ permission }) => permission))
  return everything === true || permissionNames.every((permission) => held.has(permission))
}

/** What is given to an account, or what an account has. */
type Given = Partial<Pick<Account, 'permissions' | 'audiences'>>

/** The first permission or audience of `given` that is not held; undefined when all are. */
function beyond(rights: Rights, { permissions = [], audiences = [] }: Given) {
  const held = new Set(rights.grants.map(({ permission }) => permission))
  const permission = permissions.find((name) => !held.has(name))
  if (permission !== undefined) return { permission }
  if (holdsAll(rights)) return undefined
  const audience = audiences.find((name) => !rights.audiences.includes(name))
  return audience === undefined ? undefined : { audience }
}

/** Nobody grants what they do not hold. Fails with `grant.exceeds_own`, naming what it is. */
export function assertMayGrant(rights: Rights, given: Given): void {
  const excess = beyond(rights, given)
  if (excess) throw new Problem('grant.exceeds_own', { where: 'given', ...excess })
}

/** Nobody changes an account, or makes a credential for one, that holds more than they do. */
export function assertMayChange(rights: Rights, account: Account): void {
  const excess = beyond(rights, account)
  if (excess) throw new Problem('grant.exceeds_own', { where: 'account', ...excess })
}
