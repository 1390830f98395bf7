import { isOverlapOver, isOverlapRunning } from '../domain/tokens/end-overlap.ts'
import type { FormerValue } from '../domain/tokens/token.ts'

/** The values of before, by the slot of their token. Times are milliseconds. */
export class Formers {
  readonly #values = new Map<number, FormerValue>()
  /** Of those that were let be for some time, and of which it is not remembered yet that this is over. */
  readonly #overlaps = new Set<number>()
  #lookedAt = Number.NEGATIVE_INFINITY
  /** None of them is over before this. */
  #firstEnd = Number.POSITIVE_INFINITY

  get(slot: number): FormerValue | undefined {
    return this.#values.get(slot)
  }

  set(slot: number, former: FormerValue, isLive: boolean): void {
    this.delete(slot)
    this.#values.set(slot, former)
    if (!isLive || !isOverlapRunning(former)) return
    this.#overlaps.add(slot)
    this.#firstEnd = Math.min(this.#firstEnd, former.endsAt)
  }

  delete(slot: number): void {
    this.#values.delete(slot)
    this.#overlaps.delete(slot)
  }

  /** At most so many of those whose overlap is over. All are looked at only when one may be. */
  over(now: number, most: number): readonly number[] {
    // A clock that went back may have passed over what is not over yet.
    if (now >= this.#lookedAt && now < this.#firstEnd) return []
    const found: number[] = []
    let firstEnd = Number.POSITIVE_INFINITY
    for (const slot of this.#overlaps) {
      const former = this.#values.get(slot)
      if (!former || former.expiresAt <= now) continue
      firstEnd = Math.min(firstEnd, former.endsAt)
      if (isOverlapOver(former, now) && found.length < most) found.push(slot)
    }
    this.#lookedAt = now
    this.#firstEnd = firstEnd
    return found
  }

  /** When the next of them ends whose status is told; Infinity: none does. */
  nextTurn(now: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const { status, endsAt } of this.#values.values()) {
      if (status && endsAt > now && endsAt < first) first = endsAt
    }
    return first
  }
}
