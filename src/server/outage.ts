import { isProblem, type ProblemCode } from '../domain/problem.ts'
import { textOf } from '../files/reason.ts'
import { faultFields, type LogFields, type Logger } from '../telemetry/logger.ts'
import { onceAMinute } from './once-a-minute.ts'

/** What the log says while the store fails in such a way. */
const messages: Partial<Readonly<Record<ProblemCode, string>>> = {
  'store.unavailable': 'the store is away',
  'store.full': 'the store has no room: changes wait',
}

function messageOf(error: unknown): string | undefined {
  return isProblem(error) ? messages[error.code] : undefined
}

/** An error in fields of a log line; where the store is at fault, a stack would tell nothing. */
export function failureFields(error: unknown): LogFields {
  if (messageOf(error) === undefined || !isProblem(error)) return faultFields(error)
  return { error: error.code, reason: textOf(error.cause ?? error) }
}

/**
 * Keeps what a store that is away says in the log to three kinds of lines: one when it goes, one a
 * minute while it is away, one when it is back. Every call that failed meanwhile would say the same.
 */
export class Outage {
  readonly #log: Logger
  readonly #now: () => number
  #since: number | undefined
  #isTime: (isLast: boolean) => boolean

  constructor(log: Logger, now: () => number) {
    this.#log = log
    this.#now = now
    this.#isTime = onceAMinute(now)
  }

  /** Takes a failure that is the store's own, and tells of it when it is time; false for any other. */
  take(error: unknown): boolean {
    const message = messageOf(error)
    if (message === undefined) return false
    const isNew = this.#since === undefined
    const since = this.#since ?? this.#now()
    this.#since = since
    if (this.#isTime(isNew)) {
      const forSeconds = Math.round((this.#now() - since) / 1000)
      this.#log.warn(message, { ...(!isNew && { forSeconds }), ...failureFields(error) })
    }
    return true
  }

  /** The store answers, and takes what is written. */
  end(): void {
    if (this.#since === undefined) return
    const afterSeconds = Math.round((this.#now() - this.#since) / 1000)
    this.#since = undefined
    this.#log.info('the store is back', { afterSeconds })
  }
}
