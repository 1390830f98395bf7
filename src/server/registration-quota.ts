import { siteOf } from '../http/client-address.ts'

const windowMs = 60_000

/** How many may register in a minute. */
interface Bounds {
  /** From one address; of IPv6, from one /64. */
  readonly mostEach: number
  /** From all of them. */
  readonly mostInAll: number
}

/** A turn that was taken, or for how long there is none. */
interface Turn {
  /** 0: it was taken. */
  readonly waitSeconds: number
  /** It came to nothing, so it counts for nobody. */
  readonly giveBack: () => void
}

const nothing = () => undefined

/**
 * How often strangers may have something written, from one address and from all together. What is
 * refused counts for nobody, so one of them alone cannot use up what is for all; and nothing is kept
 * of more addresses than were let in.
 */
export class RegistrationQuota {
  readonly #bounds: Bounds
  readonly #now: () => number
  readonly #counts = new Map<string, number>()
  #total = 0
  #startedAt = Number.NEGATIVE_INFINITY

  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds
    this.#now = now
  }

  /** Counts one time more, or says how long to wait when it was enough. */
  take(address: string): Turn {
    const now = this.#now()
    // A clock that was set back begins anew, so that nobody waits for long.
    if (now - this.#startedAt >= windowMs || now < this.#startedAt) {
      this.#startedAt = now
      this.#total = 0
      this.#counts.clear()
    }
    const site = siteOf(address)
    const count = this.#counts.get(site) ?? 0
    if (count >= this.#bounds.mostEach || this.#total >= this.#bounds.mostInAll) {
      const waitSeconds = Math.ceil((this.#startedAt + windowMs - now) / 1000)
      return { waitSeconds, giveBack: nothing }
    }
    this.#count(site, 1)
    const startedAt = this.#startedAt
    const giveBack = () => {
      // A minute that is over is counted no more.
      if (startedAt === this.#startedAt) this.#count(site, -1)
    }
    return { waitSeconds: 0, giveBack }
  }

  #count(site: string, by: 1 | -1): void {
    this.#counts.set(site, (this.#counts.get(site) ?? 0) + by)
    this.#total += by
  }
}
