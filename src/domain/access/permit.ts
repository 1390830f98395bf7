import type { KnownAccount } from '../accounts/account.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Action } from './actions.ts'
import { decide, type Resource, type Rights } from './decide.ts'
import { currentRights } from './rights.ts'

/**
 * Asserts that the actor may do this to that, whether or not it is there: to a stranger, absent and
 * forbidden look alike. Answers all that the actor may do. Fails with `actor.forbidden`, naming what
 * would have sufficed, or `actor.unauthenticated`.
 */
export async function permit(ctx: Context, action: Action, resource: Resource): Promise<Rights> {
  const rights = await currentRights(ctx)
  const decision = decide(rights, action, resource)
  if (decision.allowed) return rights
  const needed = decision.why.wouldSuffice.map(({ permission }) => permission)
  throw new Problem('actor.forbidden', { action, needed })
}

/** Whether an account may learn of a token: of those of its own owner (RFC 7662 §4). */
export function maySee(caller: KnownAccount, holder: KnownAccount): boolean {
  return caller.owner === 'root' || caller.owner === holder.owner
}
