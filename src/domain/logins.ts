import type { RefusalReason } from './authentication.ts'
import { newId } from './ids.ts'
import type { Store } from './store.ts'

const foldMs = 60_000
const mostFolds = 1000

type LoginStore = Pick<Store, 'append' | 'noteUses'>

interface Fold {
  count: number
  readonly firstAt: number
  lastAt: number
  readonly requestId: string
}

export interface Refusal {
  readonly clientId: string
  readonly name: string
  readonly isKnown: boolean
  readonly why: RefusalReason
  readonly requestId: string
}

/**
 * Refused logins reach the audit log folded: client, reason, count, first and last time, at most
 * once a minute each. Unknown clients are folded into one, so that a caller without credentials
 * cannot make one write a request. Last uses of credentials are gathered here too.
 */
export class LoginBook {
  readonly #now: () => number
  readonly #folds = new Map<string, Fold & { readonly refusal: Refusal }>()
  readonly #uses = new Map<string, number>()
  #writtenAt = Number.NEGATIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
  }

  refused(refusal: Refusal): void {
    const known = refusal.isKnown
      ? refusal
      : { ...refusal, clientId: '(unknown)', name: '(unknown client)' }
    const key = `${known.clientId}\0${known.why}`
    const fold = this.#folds.get(key)
    const now = this.#now()
    if (fold) {
      fold.count += 1
      fold.lastAt = now
    } else if (this.#folds.size < mostFolds) {
      this.#folds.set(key, {
        count: 1,
        firstAt: now,
        lastAt: now,
        requestId: refusal.requestId,
        refusal: known,
      })
    }
  }

  used(credentialId: string): void {
    this.#uses.set(credentialId, this.#now())
  }

  /** Writes what was gathered, at most once a minute unless `isLast`. What fails is kept. */
  async write(store: LoginStore, isLast = false): Promise<void> {
    const now = this.#now()
    // A clock that was set back does not hold anything up.
    if (!isLast && now >= this.#writtenAt && now - this.#writtenAt < foldMs) return
    this.#writtenAt = now
    await this.#writeFolds(store)
    const uses = new Map(this.#uses)
    if (uses.size === 0) return
    await store.noteUses(uses)
    for (const [id, at] of uses) if (this.#uses.get(id) === at) this.#uses.delete(id)
  }

  async #writeFolds(store: LoginStore): Promise<void> {
    for (const [key, fold] of [...this.#folds]) {
      const { refusal, count, firstAt, lastAt } = fold
      this.#folds.delete(key)
      try {
        await store.append({
          id: newId('event', this.#now()),
          at: lastAt,
          action: 'login.refused',
          actor: { kind: 'anonymous', id: '', name: '' },
          target: { kind: 'service_account', id: refusal.clientId, name: refusal.name },
          requestId: fold.requestId,
          after: { reason: refusal.why, count, firstAt, lastAt },
        })
      } catch (error) {
        this.#keep(key, fold)
        throw error
      }
    }
  }

  /** What could not be written goes on with what came meanwhile. */
  #keep(key: string, fold: Fold & { readonly refusal: Refusal }): void {
    const { count = 0, lastAt = fold.lastAt } = this.#folds.get(key) ?? {}
    this.#folds.set(key, { ...fold, count: fold.count + count, lastAt })
  }
}
