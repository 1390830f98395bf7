/** Difference from others (ms) from which on a clock counts as wrong: what is over here is not yet over there. */
export const clockToleranceMs = 60_000
/** How long a clock that jumped must go evenly before it is believed again. */
const evenMs = 10 * 60_000

interface Clocks {
  /** Wall clock of this process, in milliseconds. */
  readonly now: () => number
  /** A clock that nobody sets, in milliseconds. */
  readonly monotonic?: () => number
}

/** What others say of the time: the store's own clock, and when the last event was written. */
export interface OtherClocks {
  readonly store?: number | undefined
  readonly lastEvent?: number | undefined
}

/**
 * Whether the clock of this process can be believed. While it cannot, nothing is removed for good: one
 * wrong clock among many would forget what the others still need.
 */
export class ClockWatch {
  readonly #now: () => number
  readonly #monotonic: () => number
  #offset: number
  /** By the monotonic clock: since when the wall clock goes evenly; from the start on. */
  #evenSince = Number.NEGATIVE_INFINITY
  #difference: string | undefined

  constructor({ now, monotonic = () => performance.now() }: Clocks) {
    this.#now = now
    this.#monotonic = monotonic
    this.#offset = now() - monotonic()
  }

  /** Compares the clock with itself and with others; call it now and then. */
  compare({ store, lastEvent }: OtherClocks): void {
    const now = this.#now()
    this.#difference = this.#differenceTo(now, store) ?? this.#behind(now, lastEvent)
    this.#noteJump(now)
  }

  /** In words, how the clock differs from those of others; undefined while it does not. */
  get disagreement(): string | undefined {
    return this.#difference
  }

  /** Whether nothing speaks against the clock: it agrees with others, and has not just jumped. */
  get isBelieved(): boolean {
    this.#noteJump(this.#now())
    const isEven = this.#monotonic() - this.#evenSince >= evenMs
    return isEven && this.#difference === undefined
  }

  #noteJump(now: number): void {
    const offset = now - this.#monotonic()
    if (Math.abs(offset - this.#offset) > clockToleranceMs) {
      this.#evenSince = this.#monotonic()
      this.#offset = offset
    }
  }

  #differenceTo(now: number, store: number | undefined): string | undefined {
    if (store === undefined || Math.abs(now - store) <= clockToleranceMs) return undefined
    const seconds = Math.round(Math.abs(now - store) / 1000)
    return `it is ${seconds} s ${now > store ? 'ahead of' : 'behind'} that of the store`
  }

  #behind(now: number, lastEvent: number | undefined): string | undefined {
    if (lastEvent === undefined || lastEvent - now <= clockToleranceMs) return undefined
    return `it is ${Math.round((lastEvent - now) / 1000)} s behind the last entry of the log`
  }
}
