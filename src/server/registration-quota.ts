import { type Minute, minutes } from '../domain/minutes.ts'
import { siteOf } from '../http/client-address.ts'

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
/** No address is spelled so. */
const all = 'all of them'

/**
 * How often strangers may have something written, from one address and from all together. What is
 * refused counts for nobody, so one of them alone cannot use up what is for all; and nothing is kept
 * of more addresses than were let in.
 */
export class RegistrationQuota {
  readonly #bounds: Bounds
  readonly #minute: () => Minute

  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds
    this.#minute = minutes(now)
  }

  /** Counts one time more, or says how long to wait when it was enough. */
  take(address: string): Turn {
    const { counts, secondsLeft } = this.#minute()
    const { mostEach, mostInAll } = this.#bounds
    const site = siteOf(address)
    const countOf = (whose: string) => counts.get(whose) ?? 0
    if (countOf(site) >= mostEach || countOf(all) >= mostInAll) {
      return { waitSeconds: secondsLeft, giveBack: nothing }
    }
    const count = (by: 1 | -1) => {
      for (const whose of [site, all]) counts.set(whose, countOf(whose) + by)
    }
    count(1)
    // To a minute that is over it is given back in vain.
    return { waitSeconds: 0, giveBack: () => count(-1) }
  }
}
