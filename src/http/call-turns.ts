import { setTimeout as laterOn, setImmediate as nextTurn } from 'node:timers/promises'

/** So long calls begin in one turn of the event loop (ms): whoever else came in waits for that and one call. */
const mostInTurn = 1

/** While logins come, the event loop rests between two calls so many times as long as it worked since the first. */
const restPerWork = 14

/** No call waits longer for logins that may come (ms). */
const mostRest = 40

/** So long after a login (ms) the next one is expected. */
const loginsComeFor = 100

/** Resolves when all is done that waited for nothing from outside: ticks come after every promise. */
function quiet(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** Tells how long the process runs, and for how long of that its event loop rested (ms); lets some of it pass. */
interface Clock {
  readonly now: () => number
  readonly rested: () => number
  readonly wait: (milliseconds: number) => Promise<void>
}

const systemClock: Clock = {
  now: () => performance.now(),
  rested: () => performance.eventLoopUtilization().idle,
  wait: (milliseconds) => laterOn(milliseconds),
}

/**
 * Lets calls begin one after the other, in the order in which they came, a millisecond of them in each turn of the
 * event loop. A login that finds the loop at work waits, so while logins come it rests between calls: one who calls
 * without a pause has a fifteenth of its time. Several callers share that rest, and have more of it.
 */
export class CallTurns {
  readonly #clock: Clock
  readonly #waiting: { readonly begin: () => void; readonly given: number }[] = []
  #isRunning = false
  #loginAt = Number.NEGATIVE_INFINITY
  /** For how long calls were held up for logins so far (ms). */
  #given = 0
  /** When calls last began. */
  #began = { at: 0, rested: 0 }

  constructor(clock = systemClock) {
    this.#clock = clock
  }

  /** Resolves when the next call may begin. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ begin: resolve, given: this.#given })
      if (!this.#isRunning) void this.#run()
    })
  }

  /** Notes that somebody logs in. */
  loginCame(): void {
    this.#loginAt = this.#clock.now()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      await nextTurn()
      await this.#rest()
      const { now, rested } = this.#clock
      this.#began = { at: now(), rested: rested() }
      await this.#begin(this.#began.at + mostInTurn)
    }
    this.#isRunning = false
  }

  async #begin(until: number): Promise<void> {
    do {
      this.#waiting.shift()?.begin()
      await quiet()
    } while (this.#waiting.length > 0 && this.#clock.now() < until)
  }

  /** Those who wait share a rest, since each of them brings one. The first of them has waited for most. */
  async #rest(): Promise<void> {
    const { now, rested, wait } = this.#clock
    if (now() - this.#loginAt > loginsComeFor) return
    const hasRested = rested() - this.#began.rested
    const worked = now() - this.#began.at - hasRested
    const [first = { given: this.#given }] = this.#waiting
    const most = first.given + mostRest - this.#given
    const left = Math.min(worked * restPerWork - hasRested, most) / this.#waiting.length
    if (left < 1) return
    this.#given += left
    await wait(left)
  }
}
