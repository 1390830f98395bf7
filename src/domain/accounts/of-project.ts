import { roleOn, withBinding } from '../access/binding.ts'
import { assertMayGrant } from '../access/may-grant.ts'
import { permit } from '../access/permit.ts'
import { projectPlace } from '../access/places.ts'
import type { ProjectGroup } from '../access/project-groups.ts'
import { type Demand, insert } from '../change.ts'
import type { Context } from '../context.ts'
import { underName } from '../named.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { assertOther } from '../projects/self.ts'
import type { Account } from './account.ts'
import { type AccountTarget, changeAccount } from './change.ts'
import { accountWith } from './create.ts'
import { allShown } from './shown.ts'
import { accountTombstone, patched } from './update.ts'

/** The groups that a service account of a project can be in. */
const groups = ['projectmanagers', 'editors', 'viewers'] as const satisfies readonly ProjectGroup[]

/** What a service account of a project is called, and which group it is in. */
export interface ProjectAccountInput {
  readonly name: string
  readonly group: string
}

/** Which service account of which project a use case is about, as its caller names it. */
export interface ProjectAccountTarget {
  readonly projectId: string
  readonly clientId: string
  readonly demand?: Demand
}

/** So many are listed at most. */
const mostListed = 10_000

/** What others put names into takes these for something else. */
const notPlain = /[|"<>{}[\]`\\';&]/

function assertFits({ name, group }: ProjectAccountInput): void {
  if (!groups.some((id) => id === group)) {
    throw new Problem('request.invalid', { rule: 'group_is_for_accounts', group })
  }
  assertSeen(name)
  const [character] = notPlain.exec(name) ?? []
  if (character !== undefined) {
    throw new Problem('request.invalid', { rule: 'name_is_plain', character })
  }
}

/** The group of a project that an account of its is in. */
export function groupOf({ bindings, owner }: Account): string {
  return roleOn(bindings, owner)
}

/**
 * Creates a service account of a project in one of the groups, without a credential. Fails with
 * `project.not_found`, `request.invalid`, `grant.exceeds_own` or `name.taken`.
 */
export async function createProjectAccount(
  ctx: Context,
  projectId: string,
  input: ProjectAccountInput,
): Promise<Account> {
  const owner = projectPlace(projectId)
  const rights = await permit(ctx, 'project_account.create', owner)
  assertFits(input)
  const bindings = [{ on: owner, role: input.group }]
  assertMayGrant(ctx.known, rights, { owner, bindings, handedOn: true })
  const details = { name: input.name, authMethod: 'client_secret_basic' } as const
  const standing = { owner, permissions: [], bindings, credentials: [] }
  const record = accountWith(ctx, details, standing)
  await underName({ kind: 'service_account', name: input.name }, () =>
    insert(ctx, 'account', { action: 'project_account.create', record }),
  )
  return record
}

/** The service accounts of a project, oldest first, and how many there are. */
export async function listProjectAccounts(
  ctx: Context,
  projectId: string,
): Promise<{ readonly accounts: readonly Account[]; readonly total: number }> {
  const scope = projectPlace(projectId)
  await permit(ctx, 'project_account.list', scope)
  const sorting = { by: 'createdAt', isDescending: false } as const
  const asked = { scope, sorting, search: '', from: 0, limit: mostListed }
  const { found, total } = await ctx.known.findAccounts(asked)
  return { accounts: await allShown(ctx, found), total }
}

function targetOf({ projectId, ...target }: ProjectAccountTarget): AccountTarget {
  return { ...target, owner: projectPlace(projectId) }
}

/**
 * Changes name and group of a service account of a project: what its tokens let it do changes at once.
 * Fails with `account.not_found`, `request.invalid`, `member.is_self`, `grant.exceeds_own` or `name.taken`.
 */
export async function updateProjectAccount(
  ctx: Context,
  target: ProjectAccountTarget,
  input: ProjectAccountInput,
): Promise<Account> {
  const on = projectPlace(target.projectId)
  const { name, group: role } = input
  const { account } = await underName({ kind: 'service_account', name }, () =>
    changeAccount(ctx, targetOf(target), {
      action: 'project_account.update',
      decide: (before, rights) => {
        assertOther(ctx, before, 'change')
        assertFits(input)
        assertMayGrant(ctx.known, rights, { owner: on, bindings: [{ on, role }], handedOn: true })
        const bindings = withBinding(before.bindings, { on, role })
        return { after: { ...patched(before, { name }), bindings }, result: undefined }
      },
    }),
  )
  return account
}

/**
 * Deletes a service account of a project for good: its name is free again. Fails with `account.not_found` or
 * `member.is_self`.
 */
export async function deleteProjectAccount(
  ctx: Context,
  target: ProjectAccountTarget,
): Promise<void> {
  await changeAccount(ctx, targetOf(target), {
    action: 'project_account.delete',
    decide: (before) => {
      assertOther(ctx, before, 'remove')
      return { after: accountTombstone(ctx, before), result: undefined }
    },
  })
}
