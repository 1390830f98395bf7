import type { KnownAccount } from '../domain/accounts/account.ts'
import { useIdsOf } from '../domain/accounts/uses.ts'
import type { ClientKey } from '../domain/client-keys/client-key.ts'
import type { KnownCredential } from '../domain/credentials/credential.ts'
import type { Kind, Records } from '../domain/records.ts'
import { AccountsOfScope } from './account-list.ts'
import { ForeignCosts } from './foreign-costs.ts'
import { Interned } from './interned.ts'
import type { Turns } from './turns.ts'

/** What most accounts do not have. */
const rareMembers = [
  'jwksUri',
  'purgeAfter',
  'tokensNotBefore',
  'defaultAudience',
  'allowedCustomClaims',
  'endedCredentials',
] as const

/** What a process keeps in memory of the records of one kind. */
export interface Shelf<K extends Kind> {
  /** Takes a record as it was just read or written; an older version never replaces a newer one. */
  put(record: Records[K]): void
  /** The record is gone from the store. */
  drop(id: string): void
  /** Forgets what is over at this moment (ms). */
  forget(now: number): void
}

/** Accounts by client id, and by scope in their orders: what logins need of each, and no more. */
export class AccountShelf implements Shelf<'account'> {
  readonly #byClientId = new Map<string, KnownAccount>()
  #changes = 0

  /** How often any of them changed so far. */
  get changes(): number {
    return this.#changes
  }

  readonly #tombstones = new Map<string, KnownAccount>()
  readonly #byScope = new Map<KnownAccount['owner'], AccountsOfScope>()
  readonly #turns: Turns
  readonly #permissions = new Interned<KnownAccount['permissions']>()
  readonly #bindings = new Interned<KnownAccount['bindings']>()
  readonly #texts = new Interned<readonly string[]>()
  readonly #owners = new Interned<KnownAccount['owner']>()
  readonly #peppers = new Interned<string>()
  readonly #methods = new Interned<KnownAccount['authMethod']>()
  readonly foreignCosts = new ForeignCosts()

  constructor(turns: Turns) {
    this.#turns = turns
  }

  get(clientId: string): KnownAccount | undefined {
    return this.#byClientId.get(clientId)
  }

  /** Takes the ids under which the logins of all accounts are noted out of a set. */
  removeCredentialsFrom(ids: Set<string>): void {
    for (const account of this.#byClientId.values()) {
      for (const id of useIdsOf(account)) ids.delete(id)
    }
  }

  /** All of them, tombstones included. */
  all(): Iterable<KnownAccount> {
    return this.#byClientId.values()
  }

  /** The scopes in which there is a live account. */
  *scopes(): Iterable<KnownAccount['owner']> {
    for (const [scope, { size }] of this.#byScope) if (size > 0) yield scope
  }

  /** The live accounts of a scope. */
  of(scope: KnownAccount['owner']): AccountsOfScope {
    const known = this.#byScope.get(scope)
    if (known) return known
    const made = new AccountsOfScope(this.#turns)
    this.#byScope.set(scope, made)
    return made
  }

  put(record: Records['account']): void {
    const former = this.#byClientId.get(record.clientId)
    if (former && former.version >= record.version) return
    this.#changes += 1
    const known = this.#compact(record)
    this.#byClientId.set(record.clientId, known)
    this.foreignCosts.put(known, former)
    if (record.live) this.of(record.owner).put(known, former)
    else {
      if (former) this.of(former.owner).remove(former)
      this.#tombstones.set(record.id, known)
    }
  }

  drop(id: string): void {
    const known = this.#tombstones.get(id) ?? this.#search(id)
    if (!known) return
    this.#tombstones.delete(id)
    this.#byClientId.delete(known.clientId)
    this.of(known.owner).remove(known)
  }

  forget(now: number): void {
    for (const { id, purgeAfter = now } of this.#tombstones.values()) {
      if (purgeAfter < now) this.drop(id)
    }
  }

  /** Only what was purged before its tombstone was seen: that is rare, a second index is not worth it. */
  #search(id: string): KnownAccount | undefined {
    for (const known of this.#byClientId.values()) if (known.id === id) return known
    return undefined
  }

  /** Most accounts have nothing that may be absent: written out, they take the least room. */
  #compact(record: Records['account']): KnownAccount {
    const { id, version, live, clientId, name, authMethod, state, generation } = record
    const known = {
      id,
      version,
      live,
      clientId,
      owner: this.#owners.share(record.owner),
      name,
      authMethod: this.#methods.share(authMethod),
      state,
      permissions: this.#permissions.share(record.permissions),
      bindings: this.#bindings.share(record.bindings),
      audiences: this.#texts.share(record.audiences),
      credentials: record.credentials.map((credential) => this.#compactCredential(credential)),
      generation,
    }
    return rareMembers.some((name) => record[name] !== undefined)
      ? { ...known, ...this.#rare(record) }
      : known
  }

  #rare({ allowedCustomClaims: claims, ...record }: Records['account']) {
    const { jwksUri, purgeAfter, tokensNotBefore, defaultAudience, endedCredentials } = record
    return {
      ...(jwksUri !== undefined && { jwksUri }),
      ...(purgeAfter !== undefined && { purgeAfter }),
      ...(defaultAudience !== undefined && { defaultAudience }),
      ...(claims !== undefined && { allowedCustomClaims: this.#texts.share(claims) }),
      ...(tokensNotBefore !== undefined && { tokensNotBefore }),
      ...(endedCredentials !== undefined && { endedCredentials }),
    }
  }

  #compactCredential(credential: KnownCredential): KnownCredential {
    const { expiresAt, supersededAt } = credential
    const known = this.#proofOf(credential)
    if (expiresAt === undefined) return known
    return { ...known, expiresAt, ...(supersededAt !== undefined && { supersededAt }) }
  }

  #proofOf(credential: KnownCredential): KnownCredential {
    const { id } = credential
    switch (credential.kind) {
      case 'key':
        return { id, kind: 'key', key: credential.key }
      case 'foreign_secret':
        return { id, kind: 'foreign_secret', bcrypt: credential.bcrypt }
      case 'secret': {
        const { pepper, value } = credential.digest
        return { id, kind: 'secret', digest: { pepper: this.#peppers.share(pepper), value } }
      }
    }
  }
}

/** Client keys by the digest of their value. */
export class ClientKeyShelf implements Shelf<'client_key'> {
  readonly #byDigest = new Map<string, ClientKey>()
  readonly #byId = new Map<string, ClientKey>()

  get(digest: string): ClientKey | undefined {
    return this.#byDigest.get(digest)
  }

  isLive(id: string): boolean {
    return this.#byId.get(id)?.live === true
  }

  put(record: ClientKey): void {
    const former = this.#byId.get(record.id)
    if (former && former.version >= record.version) return
    if (former) this.#byDigest.delete(former.digest.value)
    this.#byId.set(record.id, record)
    if (record.live) this.#byDigest.set(record.digest.value, record)
  }

  drop(id: string): void {
    const known = this.#byId.get(id)
    if (known) this.#byDigest.delete(known.digest.value)
    this.#byId.delete(id)
  }

  forget(now: number): void {
    for (const { id, live, purgeAfter = now } of this.#byId.values()) {
      if (!live && purgeAfter < now) this.drop(id)
    }
  }
}
