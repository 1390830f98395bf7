import type { Ceiling } from './access/ceiling.ts'
import type { KnownAccount } from './accounts/account.ts'
import type { ActorRef } from './audit/event.ts'
import type { SettledIssuers } from './issuers/issuer.ts'
import type { Known } from './known.ts'
import type { ProjectRules } from './projects/rules.ts'
import type { Pepper } from './secret.ts'
import type { Store } from './store.ts'
import type { Mint } from './tokens/mint.ts'

/** What a login brought with it. */
interface Login {
  /** The most that its token lets it do; absent where it sets no bound. */
  readonly ceiling?: Ceiling
  /** Ids of groups that its login puts it in, besides those that name it. */
  readonly groups: readonly string[]
}

/** A service account that came with a token. */
export interface AccountLogin extends Login {
  readonly kind: 'account'
  readonly id: string
  readonly clientId: string
  readonly name: string
  /** The token that lives long by which it came, while it stands. */
  readonly token?: UsedToken
}

/** A token of which a record is kept, as it was used. */
export interface UsedToken {
  readonly id: string
  /** Of the value that was used, as a process remembers it. */
  readonly digest: string
  /** Milliseconds. */
  readonly expiresAt: number
}

/** A person who signed in. */
export interface PersonLogin extends Login {
  readonly kind: 'person'
  /** The id of their record. */
  readonly id: string
  readonly name: string
}

/** Whoever can log in. */
export type Principal = AccountLogin | PersonLogin

/**
 * Who asks, built once a request. What it may do is not in here: that is read when it is needed, and
 * never goes beyond the ceiling. Whoever impersonates another asks as the other, and stands behind it.
 */
export type Actor =
  | { readonly kind: 'system'; readonly name: string }
  /** Whoever sends a request without a token, where that is let in. */
  | { readonly kind: 'anonymous' }
  | (Principal & { readonly impersonatedBy?: Principal })

/** Limits that an operator may set; the rules only read them. */
interface Limits {
  readonly liveCredentials: number
  /** Seconds for which a rotation may keep the former secret. */
  readonly overlapSeconds: number
  /** Seconds that a token may live of which a record is kept. */
  readonly projectTokenSeconds: number
  /** Seconds for which a deleted account leaves a tombstone. */
  readonly tombstoneSeconds: number
}

/** What a use case needs of the world: the store, the time, and who asks. */
export interface Context {
  readonly store: Store
  readonly known: Known
  readonly actor: Actor
  readonly requestId: string
  /** The current pepper first, then retired ones. */
  readonly peppers: readonly [Pepper, ...Pepper[]]
  readonly limits: Limits
  readonly people: SettledIssuers
  readonly projects: ProjectRules
  /** Absent where nothing is signed. */
  readonly mint?: Mint
  /** Milliseconds. */
  readonly now: () => number
}

/** Whether it is somebody who logged in. */
export function isSomebody(actor: Actor): actor is Extract<Actor, Principal> {
  return actor.kind === 'account' || actor.kind === 'person'
}

function nameOf(actor: Actor): Omit<ActorRef, 'impersonatedBy'> {
  switch (actor.kind) {
    case 'system':
      return { kind: 'system', id: actor.name, name: actor.name }
    case 'anonymous':
      return { kind: 'anonymous', id: '', name: '' }
    case 'account':
      return { kind: 'account', id: actor.clientId, name: actor.name }
    case 'person':
      return { kind: 'person', id: actor.id, name: actor.name }
  }
}

/** How the log names an actor, and who stands behind it. */
export function actorRef(actor: Actor): ActorRef {
  const by = isSomebody(actor) ? actor.impersonatedBy : undefined
  return { ...nameOf(actor), ...(by && { impersonatedBy: nameOf(by) }) }
}

/** The actor whose token was let in, with the most that the token lets it do. */
export function actorOf(account: KnownAccount, ceiling: Ceiling | undefined): AccountLogin {
  const { id, clientId, name } = account
  return { kind: 'account', id, clientId, name, groups: [], ...(ceiling && { ceiling }) }
}
