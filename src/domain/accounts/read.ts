import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import type { Account } from './account.ts'
import { accountAt } from './change.ts'

/** Reads one live root account. Fails with `account.not_found`. */
export async function readAccount(ctx: Context, clientId: string): Promise<Account> {
  const { record } = await findFor(ctx, accountAt({ clientId }), 'account.read')
  return record
}

/** Some of the accounts, and how many there are in all. */
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
  await permit(ctx, 'account.list', { type: 'service_account', owner: 'root' })
  const offset = (page - 1) * perPage
  const accounts = await ctx.store.list('account', { scope: 'root', offset, limit: perPage })
  return { accounts, total: await ctx.store.count('account', 'root') }
}
