import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { foldName } from '../names.ts'
import type { Owner } from '../owner.ts'
import type { Account } from './account.ts'
import { type AccountTarget, accountAt } from './change.ts'
import { cursorAt, placeAt } from './cursor.ts'
import type { Sorting } from './lists.ts'

/** Reads one live account. Fails with `account.not_found`. */
export async function readAccount(ctx: Context, target: AccountTarget): Promise<Account> {
  const { record } = await findFor(ctx, accountAt(target), 'account.read')
  return record
}

/** Which accounts are listed. */
export interface AccountsQuery {
  /** Whom they belong to. */
  readonly owner: Owner
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

/** Lists the accounts of root or of a company. Fails with `request.invalid` when the cursor is not of this list. */
export async function listAccounts(ctx: Context, query: AccountsQuery): Promise<AccountPage> {
  const { owner, sorting, search, from, perPage } = query
  await permit(ctx, 'account.list', owner)
  const list = { scope: owner, sorting, search: foldName(search) }
  const { ids, total, next } = await ctx.known.findAccounts({
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
