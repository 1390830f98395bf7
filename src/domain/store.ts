import type { Account } from './account.ts'
import type { Event, NewEvent } from './audit.ts'
import type { ClientKey } from './client-keys.ts'
import type { Revocation } from './tokens.ts'

/**
 * What all records have. `version` is 1 when inserted and grows by one with each write; a record
 * that is not `live` is a tombstone: it holds no secret, and is removed after `purgeAfter`.
 */
export interface Versioned {
  readonly id: string
  readonly version: number
  readonly live: boolean
  /** Milliseconds; from then on the sweeper may remove the record for good. */
  readonly purgeAfter?: number
}

export interface Records {
  readonly account: Account
  readonly client_key: ClientKey
  readonly revocation: Revocation
}

export type Kind = keyof Records

/**
 * How each kind of record is found besides by its id: `keys` are values that no two records of the
 * kind share, `within` is the scope that a listing is made in. A new noun is a new row.
 */
export const aggregates = {
  account: {
    keys: (account: Account): Readonly<Record<string, string>> => ({
      clientId: account.clientId,
      ...(account.live && {
        name: `${account.owner}\u0000${foldName(account.name)}`,
      }),
    }),
    within: (account: Account): string => account.owner,
  },
  client_key: {
    keys: (key: ClientKey): Readonly<Record<string, string>> => ({
      digest: key.digest.value,
    }),
    within: (): string => 'root',
  },
  revocation: {
    keys: (): Readonly<Record<string, string>> => ({}),
    within: (): string => '',
  },
} as const satisfies {
  [K in Kind]: {
    keys: (record: Records[K]) => Readonly<Record<string, string>>
    within: (record: Records[K]) => string
  }
}

export const kinds: readonly Kind[] = ['account', 'client_key', 'revocation']

/** Names are compared without regard to case and to how their characters are composed. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

export interface ListQuery {
  /** Only live records of this scope; absent: of all scopes. */
  readonly within?: string
  /** Only records whose id is greater: the cursor of the page before. */
  readonly after?: string
  /** How many records to pass over first. */
  readonly offset?: number
  readonly limit: number
}

export interface EventQuery {
  /** Only events with a greater number. */
  readonly after?: number
  /** Milliseconds, inclusive. */
  readonly from?: number
  /** Milliseconds, exclusive. */
  readonly to?: number
  readonly actorId?: string
  readonly targetId?: string
  readonly newestFirst?: boolean
  readonly offset?: number
  readonly limit: number
}

/**
 * The port. Each command changes one record together with its event, so that nothing needs a
 * transaction. Every method fails with the Problem `store.unavailable` when the store does not
 * answer within its bound, and writes fail with `store.full` when there is no room.
 */
export interface Store {
  /** One record by id, tombstones included. */
  get<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined>
  /** One record by a unique key (a row of `aggregates`), tombstones included. */
  find<K extends Kind>(kind: K, key: string, value: string): Promise<Records[K] | undefined>
  /** Live records by ascending id. */
  list<K extends Kind>(kind: K, query: ListQuery): Promise<readonly Records[K][]>
  /** How many live records there are in a scope. */
  count(kind: Kind, within?: string): Promise<number>
  /**
   * Writes `record` and appends `event`, both or neither. Version 1 inserts; version n replaces
   * version n - 1. Fails with `record.conflict` (another version is there, or the id is taken) or
   * `name.taken` (`field` names the unique key). Resolves when both are durable and the event is in
   * the log. Writing again what is already there, under the same event id, is a success.
   */
  commit<K extends Kind>(kind: K, record: Records[K], event: NewEvent): Promise<void>
  /** Appends an event that belongs to no record. A second append of one event id does nothing. */
  append(event: NewEvent): Promise<void>
  /** Claims an id for good until `expiresAt` (ms): true for exactly one caller. Durable. */
  claim(id: string, expiresAt: number): Promise<boolean>
  /** Claims that expired before this moment (ms) may have been forgotten; it only grows. */
  claimHorizon(): Promise<number>
  /** Entries of the log by ascending number (or descending, when asked). */
  events(query: EventQuery): Promise<readonly Event[]>
  countEvents(query: Omit<EventQuery, 'limit' | 'offset'>): Promise<number>
  /** The number of the last event; 0 when there is none. */
  head(): Promise<number>
  /** Notes last uses (ms by credential id); a later one stays. Belongs to no version and no event. */
  noteUses(uses: ReadonlyMap<string, number>): Promise<void>
  uses(credentialIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Finishes what a crash left behind: events that were written with a record but not yet logged. */
  settle(): Promise<void>
  /** Removes what is over, one bounded batch: claims expired before `now`, records past `purgeAfter`. */
  sweep(now: number): Promise<{ readonly removed: number; readonly more: boolean }>
  /** Resolves when the store answers and, after a write found no room, takes writes again. */
  ping(): Promise<void>
  close(): Promise<void>
}
