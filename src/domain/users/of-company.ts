import {
  assertMayBind,
  assertRolesThere,
  assertRoleThere,
  bound,
  insiderRights,
  type RoleChange,
} from '../access/bind.ts'
import type { Rights } from '../access/decide.ts'
import { assertMayTouch } from '../access/may-grant.ts'
import { isPermitted } from '../access/may-see.ts'
import { permit } from '../access/permit.ts'
import { companyPlace } from '../access/places.ts'
import { change, findFor } from '../change.ts'
import { endFounding } from '../companies/companies.ts'
import { assertOwnerBeside, keepsOwner } from '../companies/keep-owner.ts'
import type { Context } from '../context.ts'
import { leaveGroup } from '../groups/members.ts'
import { belongsTo, ownRoles, rolesOfGroups, userIdentity } from '../identities/identity.ts'
import { type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { isProblem } from '../problem.ts'
import { shownVersion } from '../versioned.ts'
import {
  type CompanyUser,
  type CompanyUserTarget,
  companyUser,
  companyUserAt,
  companyUsers,
  groupsIn,
} from './company-user.ts'
import { type CompanyUserFilter, narrowedCompanyUsers, type UsersAsked } from './filter.ts'
import { userAt } from './target.ts'
import type { User } from './user.ts'
import { withoutVoid } from './void.ts'

async function* usersOf(ctx: Context, companyId: string) {
  for await (const some of slicesOf(ctx, [...ctx.known.users.all()])) {
    yield some.filter((user) => belongsTo(ctx.known, companyId, user))
  }
}

/** Lists the people of a company: who has a role in it, or is in one of its groups. */
export async function listCompanyUsers(
  ctx: Context,
  companyId: string,
  asked: UsersAsked<CompanyUserFilter>,
): Promise<ListPage<CompanyUser>> {
  const company = companyPlace(companyId)
  await permit(ctx, 'user.list', company)
  const { filter = {} } = asked
  assertRoleThere(ctx, company, filter.role)
  const listed = {
    of: ['users', companyId],
    filter,
    narrow: narrowedCompanyUsers(ctx, companyId, filter),
    some: usersOf(ctx, companyId),
    row: ({ id, name, email = '', createdAt }: User) => ({
      id,
      name: `${name} ${email}`,
      createdAt,
    }),
  }
  const page = await pageOf(ctx, listed, asked)
  return { ...page, items: await companyUsers(ctx, companyId, page.items) }
}

/** Reads one person of a company. Fails with `user.not_found`. */
export async function readCompanyUser(
  ctx: Context,
  target: CompanyUserTarget,
): Promise<CompanyUser> {
  await insiderRights(ctx, target.companyId)
  const { record } = await findFor(ctx, companyUserAt(target), 'user.list')
  return await companyUser(ctx, target.companyId, record)
}

/**
 * Changes the roles of a person in a company, all of it or nothing. A role on the company is from then
 * on the one that was given, for its founder too. Fails with `user.not_found`.
 */
export async function bindCompanyUser(
  ctx: Context,
  target: CompanyUserTarget,
  changes: readonly RoleChange[],
): Promise<User> {
  const { companyId, userId } = target
  await insiderRights(ctx, companyId)
  assertRolesThere(ctx, companyId, changes)
  const company = companyPlace(companyId)
  const isOnCompany = changes.some(({ on }) => on === company)
  const { record } = await change(
    ctx,
    { ...companyUserAt(target), on: changes[0]?.on ?? company },
    {
      action: 'user.bind',
      decide: (before, rights) => {
        const bindings = ownRoles(ctx.known, companyId, userIdentity(before))
        assertMayBind(ctx, rights, { changes, bindings })
        const after = { ...before, bindings: bound(before.bindings, changes) }
        return { after: { ...after, updatedAt: ctx.now() }, result: undefined }
      },
      guard: keepsOwner(ctx, 'user', { companyId, action: 'user.bind', founding: isOnCompany }),
    },
  )
  if (isOnCompany) await endFounding(ctx, { companyId }, { kind: 'person', id: userId })
  return record
}

/** What a removal takes besides the roles. */
export interface Removal {
  readonly fromGroups: boolean
}

/** Nobody removes who holds more than they do, but whoever removes people everywhere. */
function assertMayRemove(
  ctx: Context,
  rights: Rights,
  { companyId, user, fromGroups }: Removal & { readonly companyId: string; readonly user: User },
): void {
  if (isPermitted(ctx, rights, { action: 'user.delete', on: 'root' })) return
  const identity = userIdentity(user)
  const own = ownRoles(ctx.known, companyId, identity)
  const byGroups = fromGroups ? rolesOfGroups(ctx.known, companyId, identity) : []
  const bindings = [...own, ...byGroups]
  assertMayTouch(ctx.known, rights, { where: 'user', owner: companyPlace(companyId), bindings })
}

function withoutCompany(ctx: Context, companyId: string, before: User): User {
  const there = new Set(ownRoles(ctx.known, companyId, userIdentity(before)).map(({ on }) => on))
  const bindings = before.bindings.filter(({ on }) => !there.has(on))
  const isHolding = bindings.length < before.bindings.length
  return withoutVoid(ctx, isHolding ? { ...before, bindings, updatedAt: ctx.now() } : before)
}

function isActor({ actor }: Context, userId: string): boolean {
  return actor.kind === 'person' && actor.id === userId
}

/** What somebody else deletes meanwhile is not to be left any more. */
async function unlessGone(what: 'group' | 'user', leaving: Promise<unknown>): Promise<void> {
  await leaving.catch((error) => {
    if (!isProblem(error, `${what}.not_found`)) throw error
  })
}

/**
 * Removes a person from a company: every role there and below ends. The person stays. What it takes is
 * several writes, and first the one that is most likely to be refused: whatever is left over when a later
 * one fails still makes them somebody of the company, so that asking again finishes it.
 */
export async function removeCompanyUser(
  ctx: Context,
  target: CompanyUserTarget,
  { fromGroups }: Removal,
): Promise<void> {
  const { companyId, userId } = target
  await insiderRights(ctx, companyId)
  const { record, rights } = await findFor(ctx, companyUserAt(target), 'user.remove')
  assertMayRemove(ctx, rights, { companyId, user: record, fromGroups })
  target.demand?.({ version: shownVersion(record), updatedAt: record.updatedAt })
  const taking = { companyId, action: 'user.remove' } as const
  if (fromGroups) await assertOwnerBeside(ctx, taking, record)
  const ref = { kind: 'person', id: userId } as const
  const groups = fromGroups ? groupsIn(ctx.known, companyId, userId) : []
  // Whoever goes of their own accord may have no right left before they are gone.
  const leave = isActor(ctx, userId) ? rights : undefined
  const at = { ...userAt({ userId }), on: companyPlace(companyId), leave }
  const removed = async () =>
    await change(ctx, at, {
      action: 'user.remove',
      decide: (user, current) => {
        assertMayRemove(ctx, current, { companyId, user, fromGroups })
        return { after: withoutCompany(ctx, companyId, user), result: undefined }
      },
      guard: keepsOwner(ctx, 'user', taking),
    })
  await removed()
  await endFounding(ctx, { companyId, leave }, ref)
  for (const { id } of groups) {
    await unlessGone('group', leaveGroup(ctx, { companyId, groupId: id, leave }, ref))
  }
  // An invitation of which nothing is left by now is withdrawn.
  await unlessGone('user', removed())
}
