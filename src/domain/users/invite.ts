import { assertRolesThere } from '../access/bind.ts'
import { type Binding, withBinding } from '../access/binding.ts'
import type { Rights } from '../access/decide.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import { isPermitted } from '../access/may-see.ts'
import { permit } from '../access/permit.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { guestRole } from '../access/roles.ts'
import { change, insert } from '../change.ts'
import { actorRef, type Context } from '../context.ts'
import { ownRoles, userIdentity } from '../identities/identity.ts'
import type { Known } from '../known.ts'
import { foldMail } from '../names.ts'
import { isProblem, Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { type CompanyUser, companyUser } from './company-user.ts'
import { userAt } from './target.ts'
import type { User } from './user.ts'

/** How often it is judged anew whose address it is, while others invite it or sign in with it. */
const attempts = 20

/** Who is invited, and what they shall be. */
export interface Invitation {
  readonly email: string
  readonly role: string
}

/** Whose address it is: of whoever signed in with it first, else of an invitation. */
function userOf(known: Known, email: string): User | undefined {
  const all = known.usersAt(email).toSorted((one, other) => one.createdAt - other.createdAt)
  return all.find(({ identity }) => identity) ?? all[0]
}

/** Writes an invitation that nobody has claimed yet; whoever calls has asked for leave. */
async function newInvitation(
  ctx: Context,
  email: string,
  bindings: readonly Binding[],
): Promise<User> {
  const now = ctx.now()
  const record: User = {
    id: newRecordId('user', now),
    version: 1,
    live: true,
    name: email,
    email,
    emailVerified: false,
    state: 'enabled',
    permissions: [],
    bindings,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
  await insert(ctx, 'user', { action: 'user.invite', record })
  return record
}

/** Judges whose address it is, and again when that has changed meanwhile. */
async function settled<T>(ctx: Context, judge: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await judge()
    } catch (error) {
      const isTaken = isProblem(error, 'name.taken') && error.details.key === 'invitation'
      const isLost = isTaken || isProblem(error, 'record.conflict', 'user.not_found')
      if (!isLost || attempt === attempts) throw error
      await ctx.known.catchUp()
    }
  }
}

/** Whose an address is: of whoever signed in with it, else of an invitation, which may be made now. */
export async function addressee(ctx: Context, email: string): Promise<User> {
  return await settled(ctx, async () => {
    await ctx.known.catchUp()
    return userOf(ctx.known, email) ?? (await newInvitation(ctx, email, []))
  })
}

/**
 * Nobody hands on what they do not hold; whoever invites people anywhere, by a right at the root, lets them in
 * as guests. Fails with `grant.exceeds_own`.
 */
function assertMayInviteAs(ctx: Context, rights: Rights, binding: Binding): void {
  const isEntry = binding.role === guestRole
  if (isEntry && isPermitted(ctx, rights, { action: 'user.invite', on: 'root' })) return
  assertMayGrant(ctx.known, rights, { owner: binding.on, bindings: [binding] })
}

interface Asked extends Invitation {
  readonly companyId: string
  readonly on: Place
}

/** Whoever has a role there already is not invited, but given another role. */
async function bindKnown(ctx: Context, user: User, asked: Asked): Promise<User> {
  const { companyId, on, email, role } = asked
  const { record } = await change(
    ctx,
    { ...userAt({ userId: user.id }), on },
    {
      action: 'user.invite',
      decide: (before, rights) => {
        if (foldMail(before.email ?? '') !== foldMail(email))
          throw new Problem('record.conflict', {})
        const held = ownRoles(ctx.known, companyId, userIdentity(before))
        if (held.some((own) => own.on === on)) throw new Problem('name.taken', { key: 'email' })
        assertMayInviteAs(ctx, rights, { on, role })
        const bindings = withBinding(before.bindings, { on, role })
        return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
      },
    },
  )
  return record
}

/**
 * Invites somebody into a company with a role. Whoever signed in with that very address, verified, has
 * the role at once; so has an invitation that is open. Fails with `name.taken` when they have a role
 * there, with `grant.exceeds_own` or with `company.not_found`.
 */
export async function inviteUser(
  ctx: Context,
  companyId: string,
  input: Invitation,
): Promise<CompanyUser> {
  const on = companyPlace(companyId)
  const { email, role } = input
  const user = await settled(ctx, async () => {
    const rights = await permit(ctx, 'user.invite', on)
    assertRolesThere(ctx, companyId, [{ on, role }])
    assertMayInviteAs(ctx, rights, { on, role })
    const known = userOf(ctx.known, email)
    if (known) return await bindKnown(ctx, known, { ...input, companyId, on })
    return await newInvitation(ctx, email, [{ on, role }])
  })
  return await companyUser(ctx, companyId, user)
}
