import type { RefusalReason } from '../domain/credentials/check-secret.ts'
import { newId } from '../domain/ids.ts'
import type { Store } from '../domain/store.ts'
import { onceAMinute } from './once-a-minute.ts'

const mostFolds = 1000

interface Fold {
  count: number
  readonly firstAt: number
  lastAt: number
  readonly refusal: Refusal
}

/** One refused login, as the audit log knows it. */
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
 * cannot make one write a request.
 */
export class RefusedLogins {
  readonly #now: () => number
  readonly #isTime: (isLast: boolean) => boolean
  readonly #folds = new Map<string, Fold>()

  constructor(now: () => number) {
    this.#now = now
    this.#isTime = onceAMinute(now)
  }

  /** Counts one refusal; of more than a thousand kinds in a minute the later ones are not counted. */
  add(refusal: Refusal): void {
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
      this.#folds.set(key, { count: 1, firstAt: now, lastAt: now, refusal: known })
    }
  }

  /** Writes what was gathered, at most once a minute unless `isLast`. What fails is kept. */
  async write(store: Pick<Store, 'append'>, isLast = false): Promise<void> {
    if (!this.#isTime(isLast)) return
    for (const [key, fold] of [...this.#folds]) {
      this.#folds.delete(key)
      try {
        await this.#append(store, fold)
      } catch (error) {
        this.#keep(key, fold)
        throw error
      }
    }
  }

  async #append(store: Pick<Store, 'append'>, fold: Fold): Promise<void> {
    const { refusal, count, firstAt, lastAt } = fold
    await store.append({
      id: newId('event', this.#now()),
      at: lastAt,
      action: 'login.refused',
      actor: { kind: 'anonymous', id: '', name: '' },
      target: { kind: 'service_account', id: refusal.clientId, name: refusal.name },
      requestId: refusal.requestId,
      after: { reason: refusal.why, count, firstAt, lastAt },
    })
  }

  /** What could not be written goes on with what came meanwhile. */
  #keep(key: string, fold: Fold): void {
    const { count = 0, lastAt = fold.lastAt } = this.#folds.get(key) ?? {}
    this.#folds.set(key, { ...fold, count: fold.count + count, lastAt })
  }
}
