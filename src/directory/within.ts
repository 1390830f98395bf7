import { storeAway } from '../domain/problem.ts'

/** Milliseconds that whoever is about to be refused waits for what other processes know. */
export const refreshBoundMs = 1500

/** Waits for work no longer than this. Fails with `store.unavailable`. */
export async function within(boundMs: number, work: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(() => over.reject(storeAway(new Error('the log is slow'))), boundMs)
  try {
    await Promise.race([work, over.promise])
  } finally {
    clearTimeout(timer)
  }
}
