import {
  assertForAnybody,
  assertMayBind,
  assertRolesThere,
  bound,
  insiderRights,
  type RoleChange,
} from '../access/bind.ts'
import { assertMayChange, assertMayGrant } from '../access/may-grant.ts'
import { permit } from '../access/permit.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { change, insert } from '../change.ts'
import type { Context } from '../context.ts'
import type { Account } from './account.ts'
import { type AccountTarget, accountAt, keepsOwnerBeside } from './change.ts'
import { type AccountDetails, type Created, checkNew, newAccount } from './create.ts'
import { type AccountPatch, assertMayPatch, patched } from './update.ts'

/** What a new account of a company is made of. */
export interface NewCompanyAccount extends AccountDetails {
  readonly roles: readonly RoleChange[]
}

/** Creates an account of a company, with its roles there and below. Fails with `company.not_found`. */
export async function createCompanyAccount(
  ctx: Context,
  companyId: string,
  input: NewCompanyAccount,
): Promise<Created> {
  checkNew(input)
  const owner = companyPlace(companyId)
  const rights = await permit(ctx, 'account.create', owner)
  assertRolesThere(ctx, companyId, input.roles)
  assertForAnybody(input.roles)
  assertMayBind(ctx, rights, { changes: input.roles, bindings: [] })
  const standing = { owner, permissions: [], bindings: bound([], input.roles) }
  assertMayGrant(ctx.known, rights, { ...input, ...standing })
  const created = newAccount(ctx, input, standing)
  await insert(ctx, 'account', { action: 'account.create', record: created.account })
  return created
}

/** What shall be different of an account of a company. */
export interface CompanyAccountPatch {
  readonly patch: Omit<AccountPatch, 'permissions'>
  readonly roles: readonly RoleChange[]
}

/** Changes roles only: whoever manages the identities of a project may do that for its part. */
async function bindOnly(
  ctx: Context,
  target: AccountTarget,
  { roles, on }: { readonly roles: readonly RoleChange[]; readonly on: Place },
): Promise<Account> {
  const { record } = await change(
    ctx,
    { ...accountAt(target), on },
    {
      action: 'account.bind',
      decide: (before, rights) => {
        assertMayBind(ctx, rights, { changes: roles, bindings: before.bindings })
        const bindings = bound(before.bindings, roles)
        return { after: { ...before, bindings, updatedAt: ctx.now() }, result: undefined }
      },
      guard: keepsOwnerBeside(ctx, 'account.bind'),
    },
  )
  return record
}

async function updateAndBind(
  ctx: Context,
  target: AccountTarget,
  { patch, roles }: CompanyAccountPatch,
): Promise<Account> {
  const { record } = await change(ctx, accountAt(target), {
    action: 'account.update',
    decide: (before, rights) => {
      assertMayChange(ctx.known, rights, before)
      assertMayPatch(ctx, rights, { before, patch })
      assertMayBind(ctx, rights, { changes: roles, bindings: before.bindings })
      const after = { ...patched(before, patch), bindings: bound(before.bindings, roles) }
      return { after: { ...after, updatedAt: ctx.now() }, result: undefined }
    },
    guard: keepsOwnerBeside(ctx, 'account.update'),
  })
  return record
}

/** Changes an account of a company and its roles, all of it or nothing. Fails with `account.not_found`. */
export async function updateCompanyAccount(
  ctx: Context,
  { companyId, ...target }: Omit<AccountTarget, 'owner'> & { readonly companyId: string },
  { patch, roles }: CompanyAccountPatch,
): Promise<Account> {
  await insiderRights(ctx, companyId)
  assertRolesThere(ctx, companyId, roles)
  assertForAnybody(roles)
  const owner = companyPlace(companyId)
  const at = { ...target, owner }
  const isPatched = Object.keys(patch).length > 0
  if (isPatched) return await updateAndBind(ctx, at, { patch, roles })
  return await bindOnly(ctx, at, { roles, on: roles[0]?.on ?? owner })
}
