import type { Account } from '../domain/accounts/account.ts'
import type { Event } from '../domain/audit/event.ts'
import type { ClientKey } from '../domain/client-keys.ts'
import { storeAway } from '../domain/problem.ts'
import { type Kind, kindOf, type Records } from '../domain/records.ts'
import type { Store } from '../domain/store.ts'

const pageSize = 1000
const eventPage = 500

/**
 * Everything that a login needs, in memory: all live accounts, client keys and revocations. An
 * unknown client costs no more than a known one, and neither costs the store anything. It follows
 * the event log; when the log has been out of reach for longer than the bound, it says it is stale.
 */
export class Directory {
  readonly #store: Store
  readonly #now: () => number
  readonly #accounts = new Map<string, Account>()
  readonly #accountsByClientId = new Map<string, Account>()
  readonly #clientKeys = new Map<string, ClientKey>()
  readonly #revocations = new Map<string, number>()
  #seq = 0
  #readAt = Number.NEGATIVE_INFINITY
  #readAtSteady = Number.NEGATIVE_INFINITY

  private constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Loads everything that is live. */
  static async load(store: Store, now: () => number): Promise<Directory> {
    const directory = new Directory(store, now)
    const [startedAt, steady] = [now(), performance.now()]
    directory.#seq = await store.head()
    await directory.#loadKind('account')
    await directory.#loadKind('client_key')
    await directory.#loadKind('revocation')
    directory.#noteRead(startedAt, steady)
    return directory
  }

  async #loadKind<K extends Kind>(kind: K): Promise<void> {
    let after = ''
    for (;;) {
      const page = await this.#store.list(kind, { after, limit: pageSize })
      for (const record of page) this.put(kind, record)
      const last = page.at(-1)
      if (!last || page.length < pageSize) return
      after = last.id
    }
  }

  accountByClientId(clientId: string): Account | undefined {
    return this.#accountsByClientId.get(clientId)
  }

  clientKeyByDigest(value: string): ClientKey | undefined {
    return this.#clientKeys.get(value)
  }

  isRevoked(revocation: string): boolean {
    return this.#revocations.has(revocation)
  }

  /** Milliseconds since the log was last read to its end. */
  get staleness(): number {
    // By both clocks: one that is set back must not make old knowledge young.
    return Math.max(0, this.#now() - this.#readAt, performance.now() - this.#readAtSteady)
  }

  #noteRead(startedAt: number, steady: number): void {
    this.#readAt = startedAt
    this.#readAtSteady = steady
  }

  /** Fails with `store.unavailable` when what is known here is older than `seconds`. */
  assertFresh(seconds: number): void {
    if (this.staleness > seconds * 1000) throw storeAway()
  }

  /** Takes a record as it was just read or written; an older version never replaces a newer one. */
  put<K extends Kind>(kind: K, record: Records[K]): void {
    putters[kind](this.#maps, record)
  }

  get #maps(): Maps {
    return {
      accounts: this.#accounts,
      accountsByClientId: this.#accountsByClientId,
      clientKeys: this.#clientKeys,
      revocations: this.#revocations,
    }
  }

  /** Reads the log to its end and takes over what changed. */
  async catchUp(): Promise<void> {
    for (;;) {
      const [startedAt, steady] = [this.#now(), performance.now()]
      const events = await this.#store.events({
        after: this.#seq,
        limit: eventPage,
      })
      for (const event of events) await this.#follow(event)
      this.#seq = events.at(-1)?.seq ?? this.#seq
      if (events.length < eventPage) {
        this.#noteRead(startedAt, steady)
        return
      }
    }
  }

  async #follow(event: Event): Promise<void> {
    const { record } = event
    const kind = record && kindOf(record.kind)
    if (!kind) return
    const current = await this.#store.get(kind, record.id)
    if (current) this.put(kind, current)
    else if (kind === 'account') this.#drop(record.id)
  }

  #drop(id: string): void {
    const gone = this.#accounts.get(id)
    if (gone) this.#accountsByClientId.delete(gone.clientId)
    this.#accounts.delete(id)
  }

  /** Forgets tombstones, and revocations of tokens, whose time is over. */
  forgetExpired(): void {
    const now = this.#now()
    for (const { id, live, purgeAfter = now } of this.#accounts.values()) {
      if (!live && purgeAfter < now) this.#drop(id)
    }
    for (const [id, until] of this.#revocations) if (until <= now) this.#revocations.delete(id)
  }
}

interface Maps {
  readonly accounts: Map<string, Account>
  readonly accountsByClientId: Map<string, Account>
  readonly clientKeys: Map<string, ClientKey>
  readonly revocations: Map<string, number>
}

const putters: {
  readonly [K in Kind]: (maps: Maps, record: Records[K]) => void
} = {
  account: ({ accounts, accountsByClientId }, account) => {
    const known = accounts.get(account.id)
    if (known && known.version >= account.version) return
    accounts.set(account.id, account)
    accountsByClientId.set(account.clientId, account)
  },
  client_key: ({ clientKeys }, key) => {
    if (key.live) clientKeys.set(key.digest.value, key)
    else clientKeys.delete(key.digest.value)
  },
  revocation: ({ revocations }, { id, purgeAfter = Number.POSITIVE_INFINITY }) => {
    revocations.set(id, purgeAfter)
  },
}

/** A store whose own writes are in the directory before the caller hears of them. */
export function writingThrough(store: Store, directory: Directory): Store {
  return {
    ...store,
    async commit(kind, record, event) {
      await store.commit(kind, record, event)
      directory.put(kind, record)
    },
  }
}
