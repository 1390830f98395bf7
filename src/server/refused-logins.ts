import type { RefusalReason } from '../domain/credentials/refusal-reasons.ts'
import { newId } from '../domain/ids.ts'
import type { Owner } from '../domain/owner.ts'
import type { Store } from '../domain/store.ts'
import { inBatches } from '../storage/batches.ts'
import { onceAMinute } from './once-a-minute.ts'

const mostFolds = 1000
const mostAtOnce = 100

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
  /** Whom the account belongs to; undefined of those that nobody owns. */
  readonly owner: Owner | undefined
  readonly why: RefusalReason
  readonly requestId: string
}

/** Whom refusals are told of that are not told by their own client. */
const unknown = { clientId: '(unknown)', name: '(unknown client)', owner: undefined } as const
const others = { clientId: '(others)', name: '(further clients)', owner: undefined } as const

const keyOf = ({ clientId, why }: Refusal) => `${clientId}\0${why}`

/**
 * Refused logins reach the audit log folded: client, reason, count, first and last time, at most
 * once a minute each, dated when they are written. Unknown clients are folded into one, so that a caller
 * without credentials cannot make one write a request.
 */
export class RefusedLogins {
  readonly #now: () => number
  readonly #isTime: (isLast: boolean) => boolean
  readonly #folds = new Map<string, Fold>()

  constructor(now: () => number) {
    this.#now = now
    this.#isTime = onceAMinute(now)
  }

  /** Counts one refusal; beyond a thousand kinds in a minute, later clients are counted as one. */
  add(refusal: Refusal): void {
    const own = refusal.isKnown ? refusal : { ...refusal, ...unknown }
    const isRoom = this.#folds.size < mostFolds || this.#folds.has(keyOf(own))
    const told = isRoom ? own : { ...own, ...others }
    const fold = this.#folds.get(keyOf(told))
    const now = this.#now()
    if (fold) {
      fold.count += 1
      fold.lastAt = now
    } else {
      this.#folds.set(keyOf(told), { count: 1, firstAt: now, lastAt: now, refusal: told })
    }
  }

  /** Writes what was gathered, at most once a minute unless `isLast`. What fails is kept. */
  async write(store: Pick<Store, 'append'>, isLast = false): Promise<void> {
    if (!this.#isTime(isLast)) return
    for (const batch of inBatches([...this.#folds], mostAtOnce)) await this.#writeAll(store, batch)
  }

  /** All at once, so that they share a write; the first failure is told when all have ended. */
  async #writeAll(store: Pick<Store, 'append'>, batch: readonly (readonly [string, Fold])[]) {
    for (const [key] of batch) this.#folds.delete(key)
    const appended = batch.map(([key, fold]) =>
      this.#append(store, fold).catch((error) => {
        this.#keep(key, fold)
        throw error
      }),
    )
    await Promise.allSettled(appended)
    await Promise.all(appended)
  }

  async #append(store: Pick<Store, 'append'>, fold: Fold): Promise<void> {
    const { refusal, count, firstAt, lastAt } = fold
    // The log is in the order of its dates: what comes to its end has the date of that moment.
    const now = this.#now()
    await store.append({
      id: newId('event', now),
      at: now,
      action: 'login.refused',
      actor: { kind: 'anonymous', id: '', name: '' },
      target: { kind: 'service_account', id: refusal.clientId, name: refusal.name },
      requestId: refusal.requestId,
      ...(refusal.owner && { scope: [refusal.owner] }),
      after: { reason: refusal.why, count, firstAt, lastAt },
    })
  }

  /** What could not be written goes on with what came meanwhile. */
  #keep(key: string, fold: Fold): void {
    const { count = 0, lastAt = fold.lastAt } = this.#folds.get(key) ?? {}
    this.#folds.set(key, { ...fold, count: fold.count + count, lastAt })
  }
}
