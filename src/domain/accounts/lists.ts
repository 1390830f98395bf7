import { nameKey, type Sorting, type Standing } from '../lists/order.ts'
import type { Owner } from '../owner.ts'
import type { Account, KnownAccount } from './account.ts'

/** Looks at some accounts, and leaves those that are wanted. */
export type Narrowing = (
  some: readonly KnownAccount[],
) => Promise<readonly KnownAccount[]> | readonly KnownAccount[]

/** Which part of a list of accounts is asked for. */
export interface AccountsAsked {
  readonly scope: Owner
  readonly sorting: Sorting
  /** A part of the folded name or client id; empty: all of them. */
  readonly search: string
  /** What else narrows it; absent: nothing. */
  readonly narrow?: Narrowing | undefined
  /** How many to pass over, or after which standing to go on. */
  readonly from: number | Standing
  readonly limit: number
}

/** Which account stands in a list, as of which version. */
export type Listed = Pick<KnownAccount, 'id' | 'version'>

/** A part of a list. */
export interface AccountsFound {
  readonly found: readonly Listed[]
  /** How many there are in the whole list. */
  readonly total: number
  /** Where the next part begins after; undefined at the end. */
  readonly next: Standing | undefined
}

/** The live accounts of a scope as this process knows them: by the log as it was read when leave was asked for. */
export interface AccountLists {
  readonly findAccounts: (asked: AccountsAsked) => Promise<AccountsFound>
  /** All of them, oldest first, some at a time: whatever else is to be done has its turn between. */
  readonly accountsOf: (scope: Owner) => AsyncIterable<readonly KnownAccount[]>
}

/** Ids sort by the time of their creation; names by their characters, without regard to case. */
export function standingIn(
  by: Sorting['by'],
  { id, name }: Pick<Account, 'id' | 'name'>,
): Standing {
  return { id, key: by === 'name' ? nameKey(name) : '' }
}
