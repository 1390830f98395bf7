import { setTimeout as wait } from 'node:timers/promises'
import { storeAway } from '../../domain/problem.ts'
import { isTransient } from './errors.ts'

/** What an attempt returns when someone else was faster and it should look again. */
export const again = Symbol('again')

const longestPauseMilliseconds = 100
/** Long enough for a lost race or a broken connection; whoever asked does not wait much longer. */
const longestRetryMilliseconds = 3000

/**
 * Runs an idempotent step until it has a result: after a transient error, and when it says
 * `again`. The pauses grow and are random, so that those who collided do not collide again.
 */
export async function retried<T>(step: (attempt: number) => Promise<T | typeof again>): Promise<T> {
  let reason: unknown = new Error('Too many others write the same')
  const deadline = performance.now() + longestRetryMilliseconds
  for (let attempt = 1; performance.now() < deadline; attempt += 1) {
    try {
      const result = await step(attempt)
      if (result !== again) return result
    } catch (error) {
      if (!isTransient(error)) throw error
      reason = error
    }
    await wait(Math.random() * Math.min(longestPauseMilliseconds, 2 ** attempt))
  }
  throw storeAway(reason)
}
