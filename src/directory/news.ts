/** So many may wait at once: whoever is beyond is answered at once, and asks again. */
const mostWaiting = 1000

/** Lets some wait until there is something new, each for its time at most. */
export class News {
  readonly #waiting = new Set<() => void>()
  #isOver = false

  /** Resolves when something is new, or after `ms`; false when nobody is to wait any more. */
  wait(ms: number): Promise<boolean> {
    if (this.#isOver || this.#waiting.size >= mostWaiting) return Promise.resolve(false)
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(end)
        resolve(!this.#isOver)
      }
      const timer = setTimeout(end, ms)
      this.#waiting.add(end)
    })
  }

  /** Something is new. */
  tell(): void {
    for (const end of [...this.#waiting]) end()
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isOver = true
    this.tell()
  }
}
