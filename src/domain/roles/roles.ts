import { permit } from '../access/permit.ts'
import { companyPlace } from '../access/places.ts'
import { change, type Demand, findFor, insert, type Target } from '../change.ts'
import type { Context } from '../context.ts'
import { trustedId } from '../ids.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { newRecordId } from '../records.ts'
import { inRoom } from '../room.ts'
import { type NewPlace, newMembers, renamed, tombstone } from '../tree-records.ts'
import type { CustomRole } from './custom-role.ts'
import { assertMayHold, assertNameIsItsOwn, rolePermissions, roomForRole } from './limits.ts'
import { assertUnused } from './use.ts'

/** Which role of a company a use case is about, as its caller names it. */
export interface RoleTarget {
  readonly companyId: string
  readonly roleId: string
  readonly demand?: Demand
}

function roleTarget({ companyId, roleId, demand }: RoleTarget): Target<'role'> {
  return {
    kind: 'role',
    find: async (ctx) => {
      const role = await ctx.store.get('role', roleId)
      return role?.company === companyId ? role : undefined
    },
    on: companyPlace(companyId),
    absent: 'role.not_found',
    demand,
  }
}

/** What a role is made of. */
export interface NewRole extends NewPlace {
  readonly permissions: readonly string[]
}

/** What the record of a role is made of. */
export interface RoleToMake extends NewPlace, Pick<CustomRole, 'id' | 'permissions'> {
  readonly companyId: string
}

/** The record of a new role; whoever calls has asked for leave. */
export function roleRecord(ctx: Context, { id, companyId, permissions, ...place }: RoleToMake) {
  const record: CustomRole = {
    id,
    company: trustedId('company', companyId),
    ...newMembers(ctx, place),
    permissions,
  }
  return record
}

/** Makes a role of a company, of what its author holds there. Fails with `name.taken`. */
export async function createRole(
  ctx: Context,
  companyId: string,
  input: NewRole,
): Promise<CustomRole> {
  const permissions = rolePermissions(input.permissions)
  const rights = await permit(ctx, 'role.create', companyPlace(companyId))
  const id = newRecordId('role', ctx.now())
  const record = roleRecord(ctx, { ...input, id, companyId, permissions })
  assertMayHold(ctx, rights, { role: record, where: 'given' })
  assertNameIsItsOwn(input.name)
  await inRoom(roomForRole(ctx, companyId), () =>
    insert(ctx, 'role', { action: 'role.create', record }),
  )
  return record
}

/** The roles that a company made for itself. */
export async function listRoles(
  ctx: Context,
  companyId: string,
  asked: ListAsked,
): Promise<ListPage<CustomRole>> {
  const scope = companyPlace(companyId)
  await permit(ctx, 'role.list', scope)
  const some = slicesOf(ctx, ctx.known.roles.in(scope))
  return await pageOf(
    ctx,
    { of: ['roles', companyId], some, row: (role: CustomRole) => role },
    asked,
  )
}

/** Reads one role of a company. Fails with `role.not_found`. */
export async function readRole(ctx: Context, target: RoleTarget): Promise<CustomRole> {
  return (await findFor(ctx, roleTarget(target), 'role.read')).record
}

/** What shall be different of a role; what is absent stays. */
export type RolePatch = Partial<NewRole>

/** Changes a role for all who hold it, at once. */
export async function updateRole(
  ctx: Context,
  target: RoleTarget,
  { permissions: given, ...patch }: RolePatch,
): Promise<CustomRole> {
  const permissions = given && rolePermissions(given)
  const { record } = await change(ctx, roleTarget(target), {
    action: 'role.update',
    decide: (before, rights) => {
      const after = { ...renamed(ctx, before, patch), ...(permissions && { permissions }) }
      assertMayHold(ctx, rights, { role: before, where: 'role' })
      assertMayHold(ctx, rights, { role: after, where: 'given' })
      assertNameIsItsOwn(patch.name)
      return { after, result: undefined }
    },
  })
  return record
}

/**
 * Deletes a role that nobody holds. Whoever is given it at this very moment holds nothing by it: its id
 * is never another's. Fails with `role.in_use`.
 */
export async function deleteRole(ctx: Context, target: RoleTarget): Promise<void> {
  await change(ctx, roleTarget(target), {
    action: 'role.delete',
    decide: (before, rights) => {
      assertMayHold(ctx, rights, { role: before, where: 'role' })
      return { after: tombstone(ctx, before), result: undefined }
    },
    guard: async (before) => await assertUnused(ctx, before),
  })
}
