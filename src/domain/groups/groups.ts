import {
  assertForAnybody,
  assertMayBind,
  assertRolesThere,
  assertRoleThere,
  bound,
  insiderRights,
  type RoleChange,
} from '../access/bind.ts'
import { roleOn } from '../access/binding.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import { permit } from '../access/permit.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { change, findFor, insert } from '../change.ts'
import { keepsOwner } from '../companies/keep-owner.ts'
import { actorRef, type Context } from '../context.ts'
import { trustedId } from '../ids.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { inRoom, type Room } from '../room.ts'
import { tombstone } from '../tree-records.ts'
import type { Group } from './group.ts'
import { assertHoldsAsMuch, membersOf } from './members.ts'
import { type GroupTarget, groupAt } from './target.ts'

/** So many groups may a company have. */
const mostGroups = 10_000

/** What a group is made of. */
export interface NewGroup {
  readonly name: string
  readonly externalName?: string
  readonly roles: readonly RoleChange[]
  /** Ids of people and client ids. */
  readonly members: readonly string[]
}

function roomForGroup({ known }: Context, company: Place): Room {
  return {
    of: `groups of ${company}`,
    most: mostGroups,
    count: () => known.groups.in(company).length,
    full: () => new Problem('group.limit', { most: mostGroups, of: 'groups' }),
  }
}

/** Makes a group of a company. Fails with `name.taken`, `grant.exceeds_own` or `request.invalid`. */
export async function createGroup(
  ctx: Context,
  companyId: string,
  input: NewGroup,
): Promise<Group> {
  const owner = companyPlace(companyId)
  const { name, externalName, roles } = input
  assertSeen(name)
  const rights = await permit(ctx, 'group.create', owner)
  assertRolesThere(ctx, companyId, roles)
  assertForAnybody(roles)
  const bindings = bound([], roles)
  assertMayGrant(ctx.known, rights, { owner, bindings })
  const now = ctx.now()
  const record: Group = {
    id: newRecordId('group', now),
    version: 1,
    live: true,
    company: trustedId('company', companyId),
    name,
    ...(externalName !== undefined && { externalName }),
    members: await membersOf(ctx, companyId, input.members),
    bindings,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
  await inRoom(roomForGroup(ctx, owner), () =>
    insert(ctx, 'group', { action: 'group.create', record }),
  )
  return record
}

/** Which groups are asked for. */
export interface GroupsAsked extends ListAsked {
  /** The role on the company itself; absent: any, or none. */
  readonly role?: string | undefined
}

/** Lists the groups of a company. */
export async function listGroups(
  ctx: Context,
  companyId: string,
  { role, ...asked }: GroupsAsked,
): Promise<ListPage<Group>> {
  const scope = companyPlace(companyId)
  await permit(ctx, 'group.list', scope)
  assertRoleThere(ctx, scope, role)
  const all = ctx.known.groups.in(scope)
  const wanted =
    role === undefined ? all : all.filter((one) => roleOn(one.bindings, scope) === role)
  const listed = {
    of: ['groups', companyId],
    filter: { role },
    some: slicesOf(ctx, wanted),
    row: (group: Group) => group,
  }
  return await pageOf(ctx, listed, asked)
}

/** Reads one group of a company. Fails with `group.not_found`. */
export async function readGroup(ctx: Context, target: GroupTarget): Promise<Group> {
  return (await findFor(ctx, groupAt(target), 'group.read')).record
}

/** What shall be different of a group; what is absent stays, and null takes away. */
export interface GroupPatch {
  readonly name?: string
  readonly externalName?: string | null
}

function patched(before: Group, { name, externalName: given }: GroupPatch): Group {
  const { externalName: former, ...rest } = before
  const externalName = given === undefined ? former : given
  return {
    ...rest,
    ...(name !== undefined && { name }),
    ...(externalName !== undefined && externalName !== null && { externalName }),
  }
}

/** What an issuer calls a group says who is in it: a new name hands its roles to others. */
async function renameAndBind(
  ctx: Context,
  target: GroupTarget,
  { patch, roles }: { readonly patch: GroupPatch; readonly roles: readonly RoleChange[] },
): Promise<Group> {
  assertSeen(patch.name)
  const { record } = await change(ctx, groupAt(target), {
    action: 'group.update',
    decide: (before, rights) => {
      assertHoldsAsMuch(ctx.known, rights, before)
      assertMayBind(ctx, rights, { changes: roles, bindings: before.bindings })
      const after = { ...patched(before, patch), bindings: bound(before.bindings, roles) }
      return { after: { ...after, updatedAt: ctx.now() }, result: undefined }
    },
    guard: keepsOwner(ctx, 'group', { ...target, action: 'group.update' }),
  })
  return record
}

/** Changes roles only: whoever manages the identities of a project may do that for its part. */
async function bindOnly(
  ctx: Context,
  target: GroupTarget,
  roles: readonly RoleChange[],
): Promise<Group> {
  const at = groupAt(target)
  const { record } = await change(
    ctx,
    { ...at, on: roles[0]?.on ?? at.on },
    {
      action: 'group.bind',
      decide: (before, rights) => {
        assertMayBind(ctx, rights, { changes: roles, bindings: before.bindings })
        const bindings = bound(before.bindings, roles)
        return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
      },
      guard: keepsOwner(ctx, 'group', { ...target, action: 'group.bind' }),
    },
  )
  return record
}

/** Changes a group and its roles, all of it or nothing. Fails with `group.not_found`. */
export async function updateGroup(
  ctx: Context,
  target: GroupTarget,
  { patch, roles }: { readonly patch: GroupPatch; readonly roles: readonly RoleChange[] },
): Promise<Group> {
  await insiderRights(ctx, target.companyId)
  assertRolesThere(ctx, target.companyId, roles)
  assertForAnybody(roles)
  if (Object.keys(patch).length > 0) return await renameAndBind(ctx, target, { patch, roles })
  return await bindOnly(ctx, target, roles)
}

/** Deletes a group: the roles that its members had by it end at once. */
export async function deleteGroup(ctx: Context, target: GroupTarget): Promise<void> {
  await change(ctx, groupAt(target), {
    action: 'group.delete',
    decide: (before, rights) => {
      assertHoldsAsMuch(ctx.known, rights, before)
      return { after: tombstone(ctx, before), result: undefined }
    },
    guard: keepsOwner(ctx, 'group', { ...target, action: 'group.delete' }),
  })
}
