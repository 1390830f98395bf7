import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { foldName } from '../names.ts'
import type { Account } from './account.ts'
import { accountAt } from './change.ts'
import { cursorAt, placeAt } from './cursor.ts'
import type { Sorting } from './lists.ts'

/** Reads one live root account. Fails with `account.not_found`. */
export async function readAccount(ctx: Context, clientId: string): Promise<Account> {
  const { record } = await findFor(ctx, accountAt({ clientId }), 'account.read')
  return record
}

/** Which accounts are listed. */
export interface AccountsQuery {
  readonly sorting: Sorting
  /** A part of the name, without regard to case; empty: all accounts. */
  readonly search: string
  /** A page by its number from 1, or by what the page before said. */
  readonly from: { readonly page: number } | { readonly cursor: string }
  readonly perPage: number
}

/** Some of the accounts, and how many there are in all. */
export interface AccountPage {
  readonly accounts: readonly Account[]
  readonly total: number
  /** The cursor of the next page: it stays right while accounts come and go. */
  readonly next: string | undefined
}

/** Lists root accounts. Fails with `request.invalid` when the cursor is not of this list. */
export async function listAccounts(ctx: Context, query: AccountsQuery): Promise<AccountPage> {
  const { sorting, search, from, perPage } = query
  await permit(ctx, 'account.list', { type: 'service_account', owner: 'root' })
  const list = { scope: 'root', sorting, search: foldName(search) } as const
  const { ids, total, next } = await ctx.lists.findAccounts({
    ...list,
    from: 'page' in from ? (from.page - 1) * perPage : placeAt(ctx.peppers, list, from.cursor),
    limit: perPage,
  })
  return {
    accounts: await inOrder(ctx, ids),
    total,
    next: next && cursorAt(ctx.peppers, list)(next),
  }
}

/** Those that are still there. */
async function inOrder(
  { store }: Context,
  ids: readonly Account['id'][],
): Promise<readonly Account[]> {
  const found = new Map((await store.getMany('account', ids)).map((one) => [one.id, one] as const))
  return ids.flatMap((id) => found.get(id) ?? []).filter(({ live }) => live)
}
