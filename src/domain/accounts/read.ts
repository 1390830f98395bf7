import { assertRoleThere } from '../access/bind.ts'
import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { cursorAt, placeAt } from '../lists/cursor.ts'
import { type ListAsked, passedOver } from '../lists/page.ts'
import { foldName } from '../names.ts'
import type { Owner } from '../owner.ts'
import type { Account } from './account.ts'
import { type AccountTarget, accountAt, accountHere } from './change.ts'
import { type AccountFilter, narrowedBy } from './filter.ts'
import type { Listed } from './lists.ts'
import { type SeenAccount, seenOne, type UsesAhead } from './standing.ts'
import { useIdsOf } from './uses.ts'

/** Reads one live account. Fails with `account.not_found`. */
export async function readAccount(ctx: Context, target: AccountTarget): Promise<Account> {
  const { record } = await findFor(ctx, accountAt(target), 'account.read')
  return record
}

/** The last uses of an account by what is known of it here; undefined when it is not known. */
async function usesAhead(ctx: Context, target: AccountTarget): Promise<UsesAhead | undefined> {
  const here = accountHere(ctx, target)
  const ids = here && useIdsOf(here)
  return ids && { ids: new Set(ids), uses: await ctx.store.uses(ids) }
}

/**
 * Reads one live account with what a page shows beside it: with one wait less than one after the other would take.
 * Fails with `account.not_found`.
 */
export async function readSeenAccount(ctx: Context, target: AccountTarget): Promise<SeenAccount> {
  const [account, ahead] = await Promise.all([readAccount(ctx, target), usesAhead(ctx, target)])
  return await seenOne(ctx, account, ahead)
}

/** Which accounts are listed. */
export interface AccountsQuery extends ListAsked {
  /** Whom they belong to. */
  readonly owner: Owner
  /** What else narrows the list; absent: nothing. */
  readonly filter?: AccountFilter
}

/** Which accounts are on a page, and how many there are in all: `seenReader` reads them. */
export interface AccountPage {
  readonly found: readonly Listed[]
  readonly total: number
  /** The cursor of the next page: it stays right while accounts come and go. */
  readonly next: string | undefined
}

/** Lists the accounts of root or of a company. Fails with `request.invalid` when the cursor is not of this list. */
export async function listAccounts(ctx: Context, query: AccountsQuery): Promise<AccountPage> {
  const { owner, sorting, search, from, perPage, filter = {} } = query
  await permit(ctx, 'account.list', owner)
  assertRoleThere(ctx, owner, filter.role)
  const list = { of: ['accounts', owner], sorting, search: foldName(search), filter }
  const { found, total, next } = await ctx.known.findAccounts({
    scope: owner,
    sorting,
    search: list.search,
    narrow: narrowedBy(ctx, owner, filter),
    from: 'cursor' in from ? placeAt(ctx.peppers, list, from.cursor) : passedOver(query),
    limit: perPage,
  })
  return {
    found,
    total,
    next: next && cursorAt(ctx.peppers, list)(next),
  }
}
