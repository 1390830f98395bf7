import type { Rights } from '../access/decide.ts'
import { assertMayGrant, assertMayTouch } from '../access/may-grant.ts'
import { assertPermitted, permit } from '../access/permit.ts'
import { knownPermissions } from '../accounts/create.ts'
import { change, findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { tombstone } from '../tree-records.ts'
import { narrowedUsers, type UsersAsked } from './filter.ts'
import { type SeenUser, withLastLogins } from './last-login.ts'
import { type UserTarget, userAt } from './target.ts'
import type { User } from './user.ts'

/** Lists everybody who ever signed in or was invited. */
export async function listEverybody(ctx: Context, asked: UsersAsked): Promise<ListPage<SeenUser>> {
  await permit(ctx, 'user.list_all', 'root')
  const { filter = {} } = asked
  const listed = {
    of: ['users'],
    filter,
    narrow: narrowedUsers(ctx, filter),
    some: slicesOf(ctx, [...ctx.known.users.all()]),
    // A person is found by their address, too.
    row: ({ id, name, email = '', createdAt }: User) => ({
      id,
      name: `${name} ${email}`,
      createdAt,
    }),
  }
  const page = await pageOf(ctx, listed, asked)
  return { ...page, items: await withLastLogins(ctx, page.items) }
}

/** Reads one person. Fails with `user.not_found`. */
export async function readAnybody(ctx: Context, target: UserTarget): Promise<SeenUser> {
  const { record } = await findFor(ctx, userAt(target), 'user.read')
  const [seen] = await withLastLogins(ctx, [record])
  return seen ?? { user: record, lastLogin: undefined }
}

/** What shall be different of a person; what is absent stays. */
export interface UserPatch {
  readonly state?: User['state']
  readonly permissions?: readonly string[]
}

/** Nobody changes a person who may do more in the whole installation, nor hands on what they lack. */
function assertMayPatch(
  ctx: Context,
  rights: Rights,
  { before, patch }: { readonly before: User; readonly patch: UserPatch },
): void {
  const { state, permissions } = patch
  if (state !== undefined) assertPermitted(ctx, rights, { action: 'user.disable', on: 'root' })
  if (permissions) assertPermitted(ctx, rights, { action: 'user.grant', on: 'root' })
  assertMayTouch(ctx.known, rights, {
    where: 'user',
    owner: 'root',
    permissions: before.permissions,
  })
  const given = knownPermissions(permissions ?? [])
  assertMayGrant(ctx.known, rights, { owner: 'root', permissions: given })
}

/** Disables or enables a person, or changes what they may do in the whole installation. */
export async function updateAnybody(
  ctx: Context,
  target: UserTarget,
  patch: UserPatch,
): Promise<SeenUser> {
  const { state, permissions } = patch
  const { record } = await change(ctx, userAt(target), {
    action: 'user.update',
    decide: (before, rights) => {
      assertMayPatch(ctx, rights, { before, patch })
      const after = {
        ...before,
        ...(state !== undefined && { state }),
        ...(permissions && { permissions: knownPermissions(permissions) }),
        updatedAt: ctx.now(),
      }
      return { after, result: undefined }
    },
  })
  const [seen] = await withLastLogins(ctx, [record])
  return seen ?? { user: record, lastLogin: undefined }
}

/** Deletes a person with all that is bound to them: whoever signs in again begins as somebody new. */
export async function deleteAnybody(ctx: Context, target: UserTarget): Promise<void> {
  await change(ctx, userAt(target), {
    action: 'user.delete',
    decide: (before, rights) => {
      const { permissions } = before
      assertMayTouch(ctx.known, rights, { where: 'user', owner: 'root', permissions })
      return { after: tombstone(ctx, before), result: undefined }
    },
  })
}
