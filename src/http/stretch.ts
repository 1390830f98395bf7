import { nextTurn } from './streamed.ts'

/** So long somebody works in one turn of the event loop (ms). */
const longestMs = 1

/** The work on one long answer: it is done for a millisecond at a stretch, whatever that is enough for. */
export class Stretch {
  readonly #now: () => number
  #until = 0

  constructor(now = () => performance.now()) {
    this.#now = now
    this.begin()
  }

  /** The work goes on after a wait for something else. */
  begin(): void {
    this.#until = this.#now() + longestMs
  }

  /** Whether everybody else is to have a turn now. */
  isOver(): boolean {
    return this.#now() >= this.#until
  }

  /** Resolves when the work may go on. */
  async next(): Promise<void> {
    await nextTurn()
    this.begin()
  }
}
