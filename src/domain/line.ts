import { endOf } from './end-of.ts'

/** Whoever waits longer goes ahead: one whose store is slow must not hold up all behind it. */
const longestWaitMs = 5000

/** When the last in each line will have ended. */
const lines = new Map<string, Promise<void>>()

/** Does one thing after the other of what comes in the same line, in the order in which it came. */
export async function inLine<T>(line: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(line)
  const { promise: end, resolve } = Promise.withResolvers<void>()
  lines.set(line, end)
  try {
    if (before) await endOf(before, longestWaitMs)
    return await work()
  } finally {
    resolve()
    if (lines.get(line) === end) lines.delete(line)
  }
}
