import { storeAway } from '../../domain/problem.ts'
import { problemOf } from './errors.ts'

/** Calls beyond this many are refused at once: a silent store must not gather all of our memory. */
const mostCallsInFlight = 1000

/** Runs one call of the port; fails with `store.unavailable` when it takes too long. */
export type Bound = <T>(work: () => Promise<T>) => Promise<T>

/** How long a call may take, and who is told of its failure. */
export interface BoundOptions {
  readonly timeoutMs: number
  readonly isClosed: () => boolean
  /** Told of every call that was answered. */
  readonly onAnswer: () => void
  /** Told of every failure, as the caller is. */
  readonly onFailure: (error: unknown) => void
}

/**
 * The driver bounds each stage of an operation (choosing a server, waiting for a connection, the
 * reply), and a call of the port has several of both: this bounds their sum. What was given up on
 * ends by the driver's own bounds.
 */
export function boundedBy({ timeoutMs, isClosed, onAnswer, onFailure }: BoundOptions): Bound {
  let inFlight = 0
  return async (work) => {
    if (isClosed()) throw storeAway(new Error('The store is closed'))
    if (inFlight >= mostCallsInFlight) throw storeAway(new Error('Too many calls wait for it'))
    inFlight += 1
    try {
      const result = await orTimeout(
        work().finally(() => {
          inFlight -= 1
        }),
        timeoutMs,
      )
      onAnswer()
      return result
    } catch (error) {
      const problem = problemOf(error)
      onFailure(problem)
      throw problem
    }
  }
}

function orTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(storeAway(new Error(`No answer within ${timeoutMs} ms`))),
      timeoutMs,
    )
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
