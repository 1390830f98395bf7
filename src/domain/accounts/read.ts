import type { Permission } from '../access/permissions.ts'
import { permit } from '../access/permit.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Account } from './account.ts'

/** Finds a live root account. To a stranger, absent and forbidden look alike: permit first. */
export async function findAccount(ctx: Context, clientId: string): Promise<Account> {
  const account = await ctx.store.find('account', 'clientId', clientId)
  if (!account?.live)
    throw new Problem('account.not_found', 'There is no service account with this client id')
  return account
}

export async function readAccount(ctx: Context, clientId: string): Promise<Account> {
  await permit(ctx, manage)
  return await findAccount(ctx, clientId)
}

export interface AccountPage {
  readonly accounts: readonly Account[]
  readonly total: number
}

/** Lists root accounts in the order of their creation. `page` counts from 1. */
export async function listAccounts(
  ctx: Context,
  page: number,
  perPage: number,
): Promise<AccountPage> {
  await permit(ctx, manage)
  const offset = (page - 1) * perPage
  const accounts = await ctx.store.list('account', { scope: 'root', offset, limit: perPage })
  return { accounts, total: await ctx.store.count('account', 'root') }
}

export const manage: Permission = 'console.root.serviceaccount.manage'
