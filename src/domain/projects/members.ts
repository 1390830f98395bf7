import { roleOn, withBinding } from '../access/binding.ts'
import { boundThere } from '../access/bound.ts'
import type { Rights } from '../access/decide.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import { permit } from '../access/permit.ts'
import { type Place, projectPlace } from '../access/places.ts'
import { isProjectGroup } from '../access/project-groups.ts'
import { isAccountMail } from '../accounts/mail.ts'
import { change, type Target } from '../change.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import { addressee } from '../users/invite.ts'
import { userAt } from '../users/target.ts'
import type { User } from '../users/user.ts'
import { withoutVoid } from '../users/void.ts'
import { keepsProjectOwner, ownersIn } from './keep-owner.ts'
import { assertOther } from './self.ts'

/** A person with a role on a project: one of its groups, as a rule. */
export interface Member {
  readonly user: User
  readonly group: string
}

/** Which person of which project a use case is about, as its caller names them. */
export interface MemberTarget {
  readonly projectId: string
  readonly userId: string
}

/** Who shall be in which group of a project. */
export interface NewMember {
  readonly email: string
  readonly group: string
}

function memberOn(known: Known, on: Place, user: User): readonly Member[] {
  const here = user.bindings.filter((binding) => binding.on === on)
  return boundThere(known, here).map(({ role }) => ({ user, group: role }))
}

/** Ids sort by the time of their creation. */
function inOrder(users: readonly User[]): readonly User[] {
  return users.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

/** The people who own a project: what is shown of it to whoever may see it. */
export function ownersOf({ known }: Pick<Context, 'known'>, projectId: string): readonly User[] {
  return inOrder(ownersIn({ known }, projectId))
}

/** The people of a project, in the order in which they became known. */
export async function listMembers(ctx: Context, projectId: string): Promise<readonly Member[]> {
  const on = projectPlace(projectId)
  await permit(ctx, 'project_user.list', on)
  return inOrder(ctx.known.usersOn(on)).flatMap((user) => memberOn(ctx.known, on, user))
}

function assertGroup(group: string): void {
  if (isProjectGroup(group)) return
  throw new Problem('request.invalid', { rule: 'group_is_there', group })
}

/** Fails with `grant.exceeds_own` for what the actor could neither give nor take. */
function assertMayMove(
  { known }: Context,
  rights: Rights,
  { on, roles }: { readonly on: Place; readonly roles: readonly string[] },
): void {
  const bindings = roles.filter((role) => role !== '').map((role) => ({ on, role }))
  assertMayGrant(known, rights, { owner: on, bindings, handedOn: true })
}

/**
 * Adds a person to a project; one who was never seen is invited. Fails with `project.not_found`,
 * `request.invalid`, `member.is_self` or `grant.exceeds_own`.
 */
export async function addMember(
  ctx: Context,
  projectId: string,
  { email, group }: NewMember,
): Promise<Member> {
  const on = projectPlace(projectId)
  const granted = await permit(ctx, 'project_user.add', on)
  assertGroup(group)
  if (isAccountMail(email)) throw new Problem('request.invalid', { rule: 'owners_are_people' })
  assertMayMove(ctx, granted, { on, roles: [group] })
  const { id: userId } = await addressee(ctx, email)
  const { record } = await change(
    ctx,
    { ...userAt({ userId }), on },
    {
      action: 'project_user.add',
      decide: (before, rights) => {
        assertOther(ctx, before, 'change')
        assertMayMove(ctx, rights, { on, roles: [group] })
        if (roleOn(before.bindings, on) !== '') {
          throw new Problem('request.invalid', { rule: 'member_is_new', email, projectId })
        }
        const bindings = withBinding(before.bindings, { on, role: group })
        return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
      },
    },
  )
  return { user: record, group }
}

/** Whoever is in no group of the project is not there. */
function memberAt({ projectId, userId }: MemberTarget): Target<'user'> {
  const on = projectPlace(projectId)
  return {
    ...userAt({ userId }),
    find: async ({ store }) => {
      const user = await store.get('user', userId)
      return user && roleOn(user.bindings, on) !== '' ? user : undefined
    },
    on,
  }
}

/** Puts a person of a project into another group. Fails with `user.not_found`. */
export async function changeMember(
  ctx: Context,
  target: MemberTarget,
  group: string,
): Promise<Member> {
  const on = projectPlace(target.projectId)
  const { record } = await change(ctx, memberAt(target), {
    action: 'project_user.update',
    decide: (before, rights) => {
      assertOther(ctx, before, 'change')
      assertGroup(group)
      assertMayMove(ctx, rights, { on, roles: [roleOn(before.bindings, on), group] })
      const bindings = withBinding(before.bindings, { on, role: group })
      return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
    },
    guard: keepsProjectOwner(ctx, target.projectId),
  })
  return { user: record, group }
}

/** Ends the part of a person in a project. Fails with `user.not_found`. */
export async function removeMember(ctx: Context, target: MemberTarget): Promise<void> {
  const on = projectPlace(target.projectId)
  await change(ctx, memberAt(target), {
    action: 'project_user.remove',
    decide: (before, rights) => {
      assertOther(ctx, before, 'remove')
      assertMayMove(ctx, rights, { on, roles: [roleOn(before.bindings, on)] })
      const bindings = withBinding(before.bindings, { on, role: '' })
      const after = { ...before, bindings, updatedAt: ctx.now() }
      return { after: withoutVoid(ctx, after), result: undefined }
    },
    guard: keepsProjectOwner(ctx, target.projectId),
  })
}
