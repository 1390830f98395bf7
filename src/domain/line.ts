/** Whoever waits longer goes ahead: one whose store is slow must not hold up all behind it. */
const longestWaitMs = 5000

/** When the last in each line will have ended. */
const lines = new Map<string, Promise<void>>()

async function isOver(end: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs)
  })
  await Promise.race([end, enough])
  clearTimeout(timer)
}

/** Does one thing after the other of what comes in the same line, in the order in which it came. */
export async function inLine<T>(line: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(line)
  const { promise: end, resolve } = Promise.withResolvers<void>()
  lines.set(line, end)
  try {
    if (before) await isOver(before)
    return await work()
  } finally {
    resolve()
    if (lines.get(line) === end) lines.delete(line)
  }
}
