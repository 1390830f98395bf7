import { type Account, isActive } from '../accounts/account.ts'
import { actorOf, type Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { allPermissions, type Permission } from './permissions.ts'

/** Permissions of the caller at this moment, read from the store and not from any cache. */
async function currentPermissions(ctx: Context): Promise<readonly Permission[]> {
  if (ctx.actor.kind === 'system') return allPermissions
  const account = await ctx.store.get('account', ctx.actor.id)
  if (!isActive(account)) {
    throw new Problem('actor.unauthenticated', 'The account of this token is no longer active')
  }
  const actor = actorOf(account, ctx.actor.permissions)
  return actor.kind === 'account' ? actor.permissions : []
}

/** Asserts one permission and returns all that the caller holds. Fails with `actor.forbidden`. */
export async function permit(ctx: Context, needed: Permission): Promise<readonly Permission[]> {
  const held = await currentPermissions(ctx)
  if (!held.includes(needed)) {
    throw new Problem('actor.forbidden', `This needs the permission ${needed}`)
  }
  return held
}

/** Nobody grants what they do not hold. Fails with `grant.exceeds_own`, naming the permission. */
export function assertMayGrant(held: readonly Permission[], granted: readonly Permission[]): void {
  const beyond = granted.find((permission) => !held.includes(permission))
  if (beyond !== undefined) {
    throw new Problem(
      'grant.exceeds_own',
      `You cannot grant ${beyond}: you do not hold it yourself`,
      {
        field: 'permissions',
      },
    )
  }
}

/** Nobody changes an account, or makes a credential for one, that holds more than they do. */
export function assertMayChange(held: readonly Permission[], account: Account): void {
  const beyond = account.permissions.find((permission) => !held.includes(permission))
  if (beyond !== undefined) {
    throw new Problem(
      'grant.exceeds_own',
      `This account holds ${beyond}, which you do not hold yourself`,
    )
  }
}

/** Whether an account may learn of a token: of those of its own owner (RFC 7662 §4). */
export function maySee(caller: Account, holder: Account): boolean {
  return caller.owner === 'root' || caller.owner === holder.owner
}
