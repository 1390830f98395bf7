import { permit } from '../access/permit.ts'
import { companyPlace } from '../access/places.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { addressee } from '../users/invite.ts'
import type { Group } from './group.ts'
import { assertHoldsAsMuch, joinGroup, membersOf } from './members.ts'
import { type GroupTarget, groupAt } from './target.ts'

/** Who shall be in a group. */
export interface NewMembers {
  /** Of people: those whom nobody knows are invited. */
  readonly emails: readonly string[]
  /** Ids of people and client ids. */
  readonly memberIds: readonly string[]
}

/**
 * Puts people and accounts of a company into a group; an address that nobody has yet is invited.
 * Nobody puts anybody into a group that holds more than they do.
 */
export async function addMembers(
  ctx: Context,
  target: GroupTarget,
  { emails, memberIds }: NewMembers,
): Promise<Group> {
  const { companyId } = target
  const { record, rights } = await findFor(ctx, groupAt(target), 'group.add_members')
  assertHoldsAsMuch(ctx.known, rights, record)
  const named = await membersOf(ctx, companyId, memberIds)
  if (emails.length > 0) await permit(ctx, 'user.invite', companyPlace(companyId))
  const invited: { readonly kind: 'person'; readonly id: string }[] = []
  for (const email of emails) {
    invited.push({ kind: 'person', id: (await addressee(ctx, email)).id })
  }
  return await joinGroup(ctx, target, [...named, ...invited])
}
