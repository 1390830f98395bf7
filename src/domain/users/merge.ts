import { type Binding, roleOn } from '../access/binding.ts'
import { change } from '../change.ts'
import type { SubjectRef } from '../companies/company.ts'
import type { Context } from '../context.ts'
import type { VerifiedPerson } from '../issuers/person.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import { tombstone } from '../tree-records.ts'
import { userAt } from './target.ts'
import type { User } from './user.ts'

/**
 * An open invitation of somebody's address. One that the issuer does not vouch for claims nothing, and
 * what somebody has begun to claim is nobody else's, unless they are gone.
 */
export function invitationOf(
  known: Known,
  { email, emailVerified }: VerifiedPerson,
  userId?: string,
): User | undefined {
  if (!emailVerified || email === undefined) return undefined
  const invited = known.usersAt(email).find(({ identity }) => identity === undefined)
  const by = invited?.claimedBy
  const isFree = by === undefined || by === userId || known.users.get(by) === undefined
  return isFree ? invited : undefined
}

/** Of several who claim it at once one wins: from then on nobody else can. */
async function reserved(ctx: Context, invited: User, userId: User['id']): Promise<User> {
  if (invited.claimedBy === userId) return invited
  const { record } = await change(ctx, userAt({ userId: invited.id }), {
    action: 'user.claim',
    decide: (before) => {
      if (before.identity || before.claimedBy !== invited.claimedBy)
        throw new Problem('record.conflict', {})
      return { after: { ...before, claimedBy: userId, updatedAt: ctx.now() }, result: undefined }
    },
  })
  return record
}

/** A role that somebody was given as who they are is not changed by an invitation. */
function missing(held: readonly Binding[], given: readonly Binding[]): readonly Binding[] {
  return given.filter(({ on }) => roleOn(held, on) === '')
}

/** What was withdrawn or changed meanwhile is judged anew. */
async function assertStands(ctx: Context, invited: User): Promise<void> {
  const now = await ctx.store.get('user', invited.id)
  const isSame = now?.live === true && now.version === invited.version
  if (!isSame) throw new Problem('user.not_found', {})
}

/** Gives what the invitation gives, where it is not there yet. */
async function granted(ctx: Context, user: User, invited: User): Promise<User> {
  const isAllThere =
    missing(user.bindings, invited.bindings).length === 0 &&
    invited.permissions.every((permission) => user.permissions.includes(permission))
  if (isAllThere) return user
  const { record } = await change(ctx, userAt({ userId: user.id }), {
    action: 'user.claim',
    guard: () => assertStands(ctx, invited),
    decide: (before) => {
      const bindings = [...before.bindings, ...missing(before.bindings, invited.bindings)]
      const permissions = [...new Set([...before.permissions, ...invited.permissions])]
      return {
        after: { ...before, bindings, permissions, updatedAt: ctx.now() },
        result: undefined,
      }
    },
  })
  return record
}

/** Puts the person where the invitation stood in groups. */
async function takePlaces(ctx: Context, from: SubjectRef, to: SubjectRef): Promise<void> {
  for (const { id } of ctx.known.groupsOf(from)) {
    await change(
      ctx,
      {
        kind: 'group',
        find: ({ store }) => store.get('group', id),
        on: 'root',
        absent: 'group.not_found',
      },
      {
        action: 'group.add_members',
        decide: (before) => {
          const isOther = ({ kind, id: other }: SubjectRef) =>
            kind !== 'person' || (other !== from.id && other !== to.id)
          const members = [...before.members.filter(isOther), to]
          return { after: { ...before, members, updatedAt: ctx.now() }, result: undefined }
        },
      },
    )
  }
}

/**
 * Gives somebody who is known here what an invitation gives that is still open to their address: it was
 * made in the moment of their first sign-in, or before anybody vouched for the address. The order of
 * the writes is such that nobody else gets it, nothing is given twice, and nothing is lost by a crash:
 * the next sign-in goes on. Fails with `record.conflict` or `user.not_found` when a race was lost.
 */
export async function withInvitation(
  ctx: Context,
  user: User,
  person: VerifiedPerson,
): Promise<User> {
  const seen = invitationOf(ctx.known, person, user.id)
  // What is disabled gives nothing.
  if (seen?.state !== 'enabled') return user
  await ctx.known.catchUp()
  const open = invitationOf(ctx.known, person, user.id)
  if (open?.state !== 'enabled') return user
  const invited = await reserved(ctx, open, user.id)
  const member = await granted(ctx, user, invited)
  await takePlaces(ctx, { kind: 'person', id: invited.id }, { kind: 'person', id: user.id })
  await change(ctx, userAt({ userId: invited.id }), {
    action: 'user.claim',
    decide: (before) => {
      // Somebody has added to it since it was read.
      if (before.version !== invited.version) throw new Problem('record.conflict', {})
      return { after: tombstone(ctx, before), result: undefined }
    },
  })
  return member
}
