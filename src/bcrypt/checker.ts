import { Worker } from 'node:worker_threads'
import { moduleBeside } from '../files/module-beside.ts'
import { type LineBounds, Lines } from './lines.ts'
import type { Comparison } from './thread.ts'

/** Whether a digest is of a secret. */
export interface BcryptQuestion extends Comparison {
  /** Where it comes from: each site has its turn. */
  readonly site: string
}

/** What came of it; busy: too many wait, or it took too long to have a turn. */
export type BcryptAnswer = 'good' | 'bad' | 'busy'

/** What a checker stands. */
export interface CheckerOptions extends LineBounds {
  /** Whoever has no turn within this time is told that the checker is busy. */
  readonly waitMs: number
  /** Longer than any check: a thread that is silent for so long is ended. */
  readonly silenceMs: number
  /** Milliseconds of the steady clock. */
  readonly steady: () => number
  /** Why the thread ended, when nobody has ended it. */
  readonly onFailure: (error: unknown) => void
}

const usual: CheckerOptions = {
  most: 200,
  mostOfOne: 50,
  waitMs: 5000,
  silenceMs: 30_000,
  steady: () => performance.now(),
  onFailure: () => undefined,
}

interface Waiting extends Comparison {
  readonly since: number
  readonly answer: (answer: BcryptAnswer) => void
}

/**
 * Checks digests of bcrypt in a thread of its own, one after the other. The thread, and with it the
 * library, is there from the first check on; one that ended is followed by another.
 */
export class BcryptChecker {
  readonly #options: CheckerOptions
  readonly #lines: Lines<Waiting>
  #worker: Worker | undefined
  #running: Waiting | undefined
  #silence: NodeJS.Timeout | undefined

  constructor(options: Partial<CheckerOptions> = {}) {
    this.#options = { ...usual, ...options }
    this.#lines = new Lines(this.#options)
  }

  check({ site, digest, secret }: BcryptQuestion): Promise<BcryptAnswer> {
    return new Promise((answer) => {
      const since = this.#options.steady()
      if (!this.#lines.add(site, { digest, secret, since, answer })) return answer('busy')
      this.#next()
    })
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(moduleBeside(import.meta.url, 'thread'))
    worker.on('message', (isGood: boolean) => {
      this.#settle(isGood ? 'good' : 'bad')
      this.#next()
    })
    // `exit` follows, and tells those who wait.
    worker.on('error', this.#options.onFailure)
    worker.on('exit', () => this.#end())
    // It never keeps the process alive; while a check is out, the timer does.
    worker.unref()
    return worker
  }

  #next(): void {
    if (this.#running) return
    const waiting = this.#taken()
    if (!waiting) return
    this.#worker ??= this.#start()
    this.#running = waiting
    this.#silence = setTimeout(() => void this.#worker?.terminate(), this.#options.silenceMs)
    const { digest, secret } = waiting
    this.#worker.postMessage({ digest, secret } satisfies Comparison)
  }

  /** The next that has not waited too long. */
  #taken(): Waiting | undefined {
    const { steady, waitMs } = this.#options
    for (;;) {
      const waiting = this.#lines.take()
      if (!waiting || steady() - waiting.since <= waitMs) return waiting
      waiting.answer('busy')
    }
  }

  #settle(answer: BcryptAnswer): void {
    clearTimeout(this.#silence)
    this.#running?.answer(answer)
    this.#running = undefined
  }

  #end(): void {
    this.#worker = undefined
    this.#settle('busy')
    for (const { answer } of this.#lines.takeAll()) answer('busy')
  }
}
