import type { Rights } from '../access/decide.ts'
import { assertMayTouch } from '../access/may-grant.ts'
import { companyPlace } from '../access/places.ts'
import { change, type Leave } from '../change.ts'
import { isSame, type SubjectRef } from '../companies/company.ts'
import { keepsOwner } from '../companies/keep-owner.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import { mayName } from '../users/company-user.ts'
import type { Group } from './group.ts'
import { type GroupTarget, groupAt } from './target.ts'

/** Whoever needs more wants a role on the company. */
const mostMembers = 1000

/** Whoever is in a group has what it holds, so whoever changes it holds as much. */
export function assertHoldsAsMuch(known: Known, rights: Rights, group: Group): void {
  const { company, bindings } = group
  assertMayTouch(known, rights, { where: 'group', owner: companyPlace(company), bindings })
}

/** Whom an id names: an account of the company by its client id, or a person of it by theirs. */
async function memberOf(ctx: Context, companyId: string, id: string): Promise<SubjectRef> {
  const { known } = ctx
  const account = known.accountByClientId(id)
  if (account?.live && account.owner === companyPlace(companyId)) return { kind: 'account', id }
  const user = known.users.get(id)
  if (user && (await mayName(ctx, companyId, user))) return { kind: 'person', id }
  throw new Problem('request.invalid', { rule: 'member_is_there', id })
}

/** Whom some ids name, each once. Fails with `request.invalid`, which names the first that is nobody's. */
export async function membersOf(
  ctx: Context,
  companyId: string,
  ids: readonly string[],
): Promise<readonly SubjectRef[]> {
  const members: SubjectRef[] = []
  for (const id of new Set(ids)) members.push(await memberOf(ctx, companyId, id))
  assertRoom(members)
  return members
}

function assertRoom(members: readonly SubjectRef[]): void {
  if (members.length <= mostMembers) return
  throw new Problem('group.limit', { most: mostMembers, of: 'members' })
}

/** Whether a member is there still: what is left of those who are gone makes room. */
function isMemberThere(known: Known, { kind, id }: SubjectRef): boolean {
  if (kind === 'person') return known.users.get(id) !== undefined
  return known.accountByClientId(id)?.live === true
}

/** Those who are not among some, each once: a person may be named by an id and by an address. */
function newAmong(there: readonly SubjectRef[], members: readonly SubjectRef[]) {
  return members.filter((member, at) => {
    return !there.some(isSame(member)) && members.findIndex(isSame(member)) === at
  })
}

/** Puts people and accounts of the company into a group: nobody hands on more than they hold. */
export async function joinGroup(
  ctx: Context,
  target: GroupTarget,
  members: readonly SubjectRef[],
): Promise<Group> {
  const { record } = await change(ctx, groupAt(target), {
    action: 'group.add_members',
    decide: (before, rights) => {
      assertHoldsAsMuch(ctx.known, rights, before)
      const there = before.members.filter((member) => isMemberThere(ctx.known, member))
      const added = newAmong(there, members)
      if (added.length === 0) return { after: before, result: undefined }
      const after = { ...before, members: [...there, ...added], updatedAt: ctx.now() }
      assertRoom(after.members)
      return { after, result: undefined }
    },
  })
  return record
}

/** Takes some out of a group; those who are not in it are no matter. */
export async function removeMembers(
  ctx: Context,
  target: GroupTarget,
  memberIds: readonly string[],
): Promise<Group> {
  const ids = new Set(memberIds)
  const { record } = await change(ctx, groupAt(target), {
    action: 'group.remove_members',
    decide: (before, rights) => {
      assertHoldsAsMuch(ctx.known, rights, before)
      const members = before.members.filter(({ id }) => !ids.has(id))
      if (members.length === before.members.length) return { after: before, result: undefined }
      return { after: { ...before, members, updatedAt: ctx.now() }, result: undefined }
    },
    guard: keepsOwner(ctx, 'group', { ...target, action: 'group.remove_members' }),
  })
  return record
}

/** Takes one out of a group; whoever calls has asked whether they may be removed. */
export async function leaveGroup(
  ctx: Context,
  { leave, ...target }: GroupTarget & Leave,
  member: SubjectRef,
): Promise<void> {
  await change(
    ctx,
    { ...groupAt(target), leave },
    {
      action: 'group.remove_members',
      decide: (before) => {
        const members = before.members.filter((one) => !isSame(member)(one))
        if (members.length === before.members.length) return { after: before, result: undefined }
        return { after: { ...before, members, updatedAt: ctx.now() }, result: undefined }
      },
      guard: keepsOwner(ctx, 'group', { ...target, action: 'group.remove_members' }),
    },
  )
}
