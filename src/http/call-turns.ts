import { setImmediate as nextTurn } from 'node:timers/promises'

/** So long calls begin in one turn of the event loop (ms): whoever else came in waits for that and one call. */
const mostInTurn = 1

/** Resolves when all is done that waited for nothing from outside: ticks come after every promise. */
function quiet(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/**
 * Lets calls begin one after the other, in the order in which they came, a millisecond of them in each turn of the
 * event loop.
 */
export class CallTurns {
  readonly #now: () => number
  readonly #waiting: (() => void)[] = []
  #isRunning = false

  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** Resolves when the next call may begin. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!this.#isRunning) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      await nextTurn()
      await this.#begin(this.#now() + mostInTurn)
    }
    this.#isRunning = false
  }

  async #begin(until: number): Promise<void> {
    do {
      this.#waiting.shift()?.()
      await quiet()
    } while (this.#waiting.length > 0 && this.#now() < until)
  }
}
