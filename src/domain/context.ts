import type { Permission } from './access/permissions.ts'
import type { KnownAccount } from './accounts/account.ts'
import type { AccountLists } from './accounts/lists.ts'
import type { ActorRef } from './audit/event.ts'
import type { Pepper } from './secret.ts'
import type { Store } from './store.ts'

/**
 * Who asks, built once a request. What it may do is not in here: that is read when it is needed, and
 * never goes beyond the ceiling.
 */
export type Actor =
  | { readonly kind: 'system'; readonly name: string }
  | {
      readonly kind: 'account'
      readonly id: string
      readonly clientId: string
      readonly name: string
      /** The most that its token lets it do. */
      readonly ceiling: readonly Permission[]
    }

/** Limits that an operator may set; the rules only read them. */
interface Limits {
  readonly liveCredentials: number
  /** Seconds for which a rotation may keep the former secret. */
  readonly overlapSeconds: number
  /** Seconds for which a deleted account leaves a tombstone. */
  readonly tombstoneSeconds: number
}

/** What a use case needs of the world: the store, the time, and who asks. */
export interface Context {
  readonly store: Store
  readonly lists: AccountLists
  readonly actor: Actor
  readonly requestId: string
  /** The current pepper first, then retired ones. */
  readonly peppers: readonly [Pepper, ...Pepper[]]
  readonly limits: Limits
  /** Milliseconds. */
  readonly now: () => number
}

/** How the log names an actor. */
export function actorRef(actor: Actor): ActorRef {
  return actor.kind === 'system'
    ? { kind: 'system', id: actor.name, name: actor.name }
    : { kind: 'account', id: actor.clientId, name: actor.name }
}

/** The actor whose token was let in, with the most that the token lets it do. */
export function actorOf(account: KnownAccount, ceiling: readonly Permission[]): Actor {
  const { id, clientId, name } = account
  return { kind: 'account', id, clientId, name, ceiling }
}
