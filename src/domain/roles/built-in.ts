import { type Permission, permissionNames } from '../access/permissions.ts'
import type { Role } from '../access/role.ts'
import { builtInRoles } from '../access/roles.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'

/** The six roles that every company has: by their age, from the least to the most. */
export async function listBuiltInRoles(ctx: Context, asked: ListAsked): Promise<ListPage<Role>> {
  const order = new Map<Role, number>(builtInRoles.map((role, index) => [role, index]))
  const row = (role: Role) => ({
    id: role.id,
    name: role.name,
    createdAt: order.get(role) ?? order.size,
  })
  return await pageOf(
    ctx,
    { of: ['built-in-roles'], some: slicesOf(ctx, builtInRoles), row },
    asked,
  )
}

/** Every permission: by their age, in the order of the catalogue. */
export async function listPermissions(
  ctx: Context,
  asked: ListAsked,
): Promise<ListPage<Permission>> {
  const order = new Map(permissionNames.map((name, index) => [name, index]))
  const row = (id: Permission) => ({ id, name: id, createdAt: order.get(id) ?? order.size })
  return await pageOf(
    ctx,
    { of: ['permissions'], some: slicesOf(ctx, permissionNames), row },
    asked,
  )
}
