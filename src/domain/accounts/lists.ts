import { foldName } from '../names.ts'
import type { Owner } from '../owner.ts'
import type { Account, KnownAccount } from './account.ts'

/** By what accounts are sorted. */
export const accountOrders = ['createdAt', 'name'] as const

/** An order of accounts, from its beginning or from its end. */
export interface Sorting {
  readonly by: (typeof accountOrders)[number]
  readonly isDescending: boolean
}

/** Where an account stands in an order, whether or not it is still there. */
export interface Place {
  /** Empty where ids alone decide. */
  readonly key: string
  readonly id: string
}

/** Which accounts a list has, and how they are sorted. */
export interface AccountList {
  readonly scope: Owner
  readonly sorting: Sorting
  /** A part of the folded name; empty: all of them. */
  readonly search: string
}

/** Which part of a list is asked for. */
export interface AccountsAsked extends AccountList {
  /** How many to pass over, or after which place to go on. */
  readonly from: number | Place
  readonly limit: number
}

/** A part of a list. */
export interface AccountsFound {
  readonly ids: readonly Account['id'][]
  /** How many there are in the whole list. */
  readonly total: number
  /** Where the next part begins after; undefined at the end. */
  readonly next: Place | undefined
}

/** The live accounts of a scope as this process knows them, with every write that was acknowledged. */
export interface AccountLists {
  readonly findAccounts: (asked: AccountsAsked) => Promise<AccountsFound>
  /** All of them, oldest first, some at a time: whatever else is to be done has its turn between. */
  readonly accountsOf: (scope: Owner) => AsyncIterable<readonly KnownAccount[]>
}

/** Of a name; longer ones only come from letters that are folded into many. */
const longestKey = 128

/** Ids sort by the time of their creation; names by their characters, without regard to case. */
export function placeIn(by: Sorting['by'], { id, name }: Pick<Account, 'id' | 'name'>): Place {
  return { id, key: by === 'name' ? foldName(name).slice(0, longestKey) : '' }
}

/** Below 0 when one place comes first, above 0 when the other does. */
export function comparePlaces(one: Place, other: Place): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1
  if (one.id === other.id) return 0
  return one.id < other.id ? -1 : 1
}
