import type { AuditAction } from './audit/actions.ts'
import type { ActorRef, Event, NewEvent } from './audit/event.ts'
import type { Owner } from './owner.ts'
import type { Kind, Records } from './records.ts'

/** Which records of a kind are listed. */
export interface ListQuery {
  /** Only live records of this scope; absent: of all scopes. */
  readonly scope?: string
  /** Only records whose id is greater: the cursor of the page before. */
  readonly after?: string
  /** How many records to pass over first. */
  readonly offset?: number
  readonly limit: number
}

/** When something was last used, and from where. */
export interface Use {
  /** Milliseconds. */
  readonly at: number
  /** The address of who used it; absent where it is not known. */
  readonly from?: string
}

/** Which entries of the log are read, and how many. */
export interface EventQuery {
  /** Only events with a greater number. */
  readonly after?: number
  /** Only events with a smaller number: the cursor of the page before, newest first. */
  readonly before?: number
  /** Milliseconds, inclusive. */
  readonly from?: number
  /** Milliseconds, exclusive. */
  readonly to?: number
  /** Only the event of this id. */
  readonly id?: string
  readonly actorId?: string
  /** Only events that this one did, or stood behind. */
  readonly by?: string
  readonly targetId?: string
  /** Only events of what belongs to this place, which is not the root. */
  readonly scope?: Owner
  readonly actions?: readonly AuditAction[]
  readonly targetKind?: string
  readonly actorKinds?: readonly ActorRef['kind'][]
  /** Only events by those who belonged to this place at that moment. */
  readonly actorOf?: Owner
  /** Only events by all others. */
  readonly actorNotOf?: Owner
  readonly newestFirst?: boolean
  readonly offset?: number
  readonly limit: number
}

/** Which events are meant, without which page of them. */
export type EventFilter = Omit<EventQuery, 'limit' | 'offset' | 'newestFirst'>

/**
 * The port. Each command changes one record together with its event, so that nothing needs a
 * transaction. Every method fails with the Problem `store.unavailable` when the store does not
 * answer scope its bound, and writes fail with `store.full` when there is no room.
 */
export interface Store {
  /** One record by id, tombstones included. */
  get<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined>
  /** One record by a unique key (a row of `recordKinds`), tombstones included. */
  find<K extends Kind>(kind: K, key: string, value: string): Promise<Records[K] | undefined>
  /** Those of these records that are there, tombstones included, in no order. */
  getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Records[K][]>
  /** Every record of a kind by ascending id, tombstones included: how a process learns them all. */
  scan<K extends Kind>(
    kind: K,
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly Records[K][]>
  /** Live records by ascending id. */
  list<K extends Kind>(kind: K, query: ListQuery): Promise<readonly Records[K][]>
  /** How many live records there are in a scope. */
  count(kind: Kind, scope?: string): Promise<number>
  /**
   * Writes `record` and appends `event`, both or neither. Version 1 inserts; version n replaces
   * version n - 1. Fails with `record.conflict` (another version is there, or the id is taken) or
   * `name.taken` (`field` names the unique key). Resolves when both are durable and the event is in
   * the log. Writing again what is already there, under the same event id, is a success.
   */
  commit<K extends Kind>(kind: K, record: Records[K], event: NewEvent): Promise<void>
  /** Appends an event that belongs to no record. A second append of one event id does nothing. */
  append(event: NewEvent): Promise<void>
  /** Reserves an id for good until `expiresAt` (ms): true for exactly one caller. Durable. */
  reserve(id: string, expiresAt: number): Promise<boolean>
  /** Reservations that expired before this moment (ms) may have been forgotten; it only grows. */
  reservationHorizon(): Promise<number>
  /**
   * Entries of the log by ascending number (or descending, when asked), from 1 on unless `after` is
   * less. Fails with `store.damaged` when one is found by something else than it says.
   */
  events(query: EventQuery): Promise<readonly Event[]>
  /** How many events there are, counted as far as `atMost`: what is beyond costs nothing. */
  countEvents(filter: EventFilter, atMost: number): Promise<number>
  /** The number of the last event; 0 when there is none. */
  head(): Promise<number>
  /** Notes last uses by credential id; a later one stays. Belongs to no version and no event. */
  noteUses(uses: ReadonlyMap<string, Use>): Promise<void>
  uses(credentialIds: readonly string[]): Promise<ReadonlyMap<string, Use>>
  /** Ids of which a last use is noted, beyond `after`, in an order of the store's. */
  usedIds(after: string, limit: number): Promise<readonly string[]>
  /** Forgets the last uses of what is gone. */
  forgetUses(ids: readonly string[]): Promise<void>
  /** Finishes what a crash left behind: events that were written with a record but not yet logged. */
  settle(): Promise<void>
  /** Removes what is over, one bounded batch: reservations expired before `now`, records past `purgeAfter`. */
  sweep(now: number): Promise<{ readonly removed: number; readonly more: boolean }>
  /** The store's own clock (ms); undefined where that is the one of this process. */
  clock(): Promise<number | undefined>
  /** Fails as writes would, from a call that failed by the store's fault until it takes them again; asks nothing before. */
  probeWrites(): Promise<void>
  close(): Promise<void>
}
