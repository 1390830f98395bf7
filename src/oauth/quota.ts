const windowMs = 60_000

/** How often each may do something in a minute: what an account can write is bounded, whoever it is. */
export class Quota {
  readonly #most: number
  readonly #now: () => number
  readonly #counts = new Map<string, number>()
  #startedAt = Number.NEGATIVE_INFINITY

  constructor(most: number, now: () => number) {
    this.#most = most
    this.#now = now
  }

  /** Counts one time more and returns 0, or returns the seconds to wait for when it was enough. */
  take(who: string): number {
    const now = this.#now()
    // A clock that was set back begins anew, so that nobody waits for long.
    if (now - this.#startedAt >= windowMs || now < this.#startedAt) {
      this.#startedAt = now
      this.#counts.clear()
    }
    const count = (this.#counts.get(who) ?? 0) + 1
    if (count > this.#most) return Math.ceil((this.#startedAt + windowMs - now) / 1000)
    this.#counts.set(who, count)
    return 0
  }
}
