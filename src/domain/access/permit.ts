import type { KnownAccount } from '../accounts/account.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import { type Action, grantsOf } from './actions.ts'
import { decide, type Rights } from './decide.ts'
import { decideAction } from './decide-action.ts'
import type { Needs } from './ladder.ts'
import type { Path, Place } from './places.ts'
import { accountSubject, currentRights, rightsOf } from './rights.ts'
import { companyOf, noSuchPlace, pathOf } from './tree.ts'

/** Whoever holds one of these does something in every company, and so may know of it. */
const insights: Needs = {
  root: [
    'console.root.view',
    'console.root.user.bind',
    'console.root.user.manage',
    'console.root.serviceaccount.manage',
  ],
}

/** Whether somebody does something in every company. */
export function actsEverywhere(rights: Rights): boolean {
  return decide(rights, insights, ['root']).allowed
}

/** Whether somebody may know that a place is there. */
export function isInsider(rights: Rights, path: Path): boolean {
  const company = companyOf(path)
  return company === undefined || actsEverywhere(rights) || rights.companies().has(company)
}

/** Asserts that somebody may know of a place. Fails with `….not_found` of it. */
export function assertInsider({ known }: Context, rights: Rights, on: Place): void {
  const path = pathOf(known, on)
  if (!path || !isInsider(rights, path)) throw noSuchPlace(on)
}

/** Asserts the same of rights that were just read. */
export function assertPermitted(
  ctx: Context,
  rights: Rights,
  { action, on }: { readonly action: Action; readonly on: Place },
): void {
  const path = pathOf(ctx.known, on)
  if (!path) throw noSuchPlace(on)
  const decision = decideAction(ctx, rights, { action, path })
  if (decision.allowed) return
  if (!isInsider(rights, path)) throw noSuchPlace(on)
  const needed = decision.tried.map(({ permission }) => permission)
  throw new Problem('actor.forbidden', { action, needed: [...new Set(needed)] })
}

/**
 * Asserts that the actor may do this on a place, whether or not what it is done to is there: to a
 * stranger, absent and forbidden look alike. Answers all that the actor may do. Fails with
 * `….not_found` of the place, `actor.forbidden`, naming what would have sufficed, or
 * `actor.unauthenticated`.
 */
export async function permit(ctx: Context, action: Action, on: Place): Promise<Rights> {
  const rights = await currentRights(ctx)
  assertPermitted(ctx, rights, { action, on })
  return rights
}

/**
 * Whether an account may learn of a token of another (RFC 7662 §4): of its own, of those of a company
 * that it has anything to do with, and of all with the permission for that.
 */
export function mayLearnOf(known: Known, caller: KnownAccount, holder: KnownAccount): boolean {
  if (caller.clientId === holder.clientId) return true
  const path = pathOf(known, holder.owner)
  if (!path) return false
  const rights = rightsOf(known, accountSubject(caller))
  const company = companyOf(path)
  if (company !== undefined && rights.companies().has(company)) return true
  const action = 'token.introspect'
  return decide(rights, grantsOf(action), path).allowed
}
