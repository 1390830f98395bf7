import { type Minute, minutes } from '../domain/minutes.ts'

/** How often each may do something in a minute: what an account can write is bounded, whoever it is. */
export class Quota {
  readonly #most: number
  readonly #minute: () => Minute

  constructor(most: number, now: () => number) {
    this.#most = most
    this.#minute = minutes(now)
  }

  /** Counts one time more and returns 0, or returns the seconds to wait for when it was enough. */
  take(who: string): number {
    const { counts, secondsLeft } = this.#minute()
    const count = (counts.get(who) ?? 0) + 1
    if (count > this.#most) return secondsLeft
    counts.set(who, count)
    return 0
  }
}
