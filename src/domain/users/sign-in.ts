import { change, insert } from '../change.ts'
import { actorRef, type Context, type PersonLogin } from '../context.ts'
import type { VerifiedPerson } from '../issuers/person.ts'
import type { Known } from '../known.ts'
import { isProblem, Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { invitationOf, withInvitation } from './merge.ts'
import { userAt } from './target.ts'
import type { User } from './user.ts'

/** How often it is judged anew who somebody is, while others sign in as the same. */
const attempts = 20

/** What another sign-in, or a change meanwhile, makes of this one: it is judged anew. */
const lostRaces = ['record.conflict', 'name.taken', 'user.not_found', 'group.not_found'] as const

/** So seldom is it looked at whether an issuer calls somebody otherwise: no request costs a write. */
const renewalMs = 3_600_000

/** What a token tells of a person, where it tells anything. */
function told(person: VerifiedPerson): Partial<Pick<User, 'name' | 'email' | 'emailVerified'>> {
  const { name, subject, email, emailVerified } = person
  return { ...(name !== subject && { name }), ...(email !== undefined && { email, emailVerified }) }
}

/** A token of another kind may not tell that an address is vouched for: it is, as long as it stays. */
function renewedBy(before: User, person: VerifiedPerson): User {
  const after = { ...before, ...told(person) }
  const isStillVerified = before.emailVerified === true && after.email === before.email
  return isStillVerified ? { ...after, emailVerified: true } : after
}

function isOtherwise(before: User, after: User): boolean {
  return (['name', 'email', 'emailVerified'] as const).some((name) => before[name] !== after[name])
}

async function renewed(ctx: Context, user: User, person: VerifiedPerson): Promise<User> {
  const now = ctx.now()
  if (now - (user.renewedAt ?? 0) < renewalMs) return user
  if (!isOtherwise(user, renewedBy(user, person))) return user
  const { record } = await change(ctx, userAt({ userId: user.id }), {
    action: 'user.renew',
    decide: (before) => ({
      after: { ...renewedBy(before, person), renewedAt: now, updatedAt: now },
      result: undefined,
    }),
  })
  return record
}

/** Whoever was invited is this person from now on: one write, which one of several wins. */
async function claim(ctx: Context, invited: User, person: VerifiedPerson): Promise<User> {
  const { issuer, subject, name } = person
  const now = ctx.now()
  const { record } = await change(ctx, userAt({ userId: invited.id }), {
    action: 'user.claim',
    decide: (before) => {
      if (before.identity || before.claimedBy !== invited.claimedBy)
        throw new Problem('record.conflict', {})
      const identity = { issuer, subject }
      const { claimedBy: _gone, ...open } = before
      const member = { ...open, ...told(person), name, identity, renewedAt: now, updatedAt: now }
      return { after: member, result: undefined }
    },
  })
  return record
}

async function create(ctx: Context, person: VerifiedPerson): Promise<User> {
  const { issuer, subject, name, email, emailVerified } = person
  const now = ctx.now()
  const record: User = {
    id: newRecordId('user', now),
    version: 1,
    live: true,
    identity: { issuer, subject },
    name,
    ...(email !== undefined && { email }),
    emailVerified,
    renewedAt: now,
    state: 'enabled',
    permissions: [],
    bindings: [],
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
  await insert(ctx, 'user', { action: 'user.create', record })
  return record
}

/** Who signs in: by issuer and subject, else by an invitation, else as somebody new. */
async function userOf(ctx: Context, person: VerifiedPerson): Promise<User> {
  const { known } = ctx
  const there = known.userWith(person)
  if (there?.state === 'enabled') {
    return await withInvitation(ctx, await renewed(ctx, there, person), person)
  }
  await known.catchUp()
  const user = known.userWith(person)
  if (user) return user
  const invited = invitationOf(known, person)
  return await (invited ? claim(ctx, invited, person) : create(ctx, person))
}

/** Groups that an issuer puts somebody in, of the companies that it is listed for. */
function groupsOf(known: Known, { groups, companies }: VerifiedPerson): readonly string[] {
  const listed = new Set(companies)
  const named = groups.flatMap((name) => known.groupsNamed(name))
  return [...new Set(named.filter(({ company }) => listed.has(company)).map(({ id }) => id))]
}

/**
 * Signs in a person whose token was verified. Whoever is new here is written down once, and has no
 * right but those of an invitation and of groups. Fails with `actor.unauthenticated` when they are
 * disabled.
 */
export async function signIn(ctx: Context, person: VerifiedPerson): Promise<PersonLogin> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { id, name, state } = await userOf(ctx, person)
      if (state !== 'enabled') throw new Problem('actor.unauthenticated', { why: 'inactive' })
      return { kind: 'person', id, name, groups: groupsOf(ctx.known, person) }
    } catch (error) {
      const isLost = isProblem(error, ...lostRaces)
      if (!isLost || attempt === attempts) throw error
      await ctx.known.catchUp()
    }
  }
}
