import { setImmediate } from 'node:timers/promises'

/**
 * Lets long work be done in slices: one slice in each turn of the event loop, however many work, so
 * that logins wait for one slice at most.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when the next slice may be done. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => setImmediate())
    return this.#last
  }
}
