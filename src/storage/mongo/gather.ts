/** Servers refuse very long commands, and one batch holds up all who come after it. */
const mostInBatch = 500

interface Waiting<T> {
  readonly item: T
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Returns what hands items to `run` in batches, in their order: whatever comes while one batch is
 * under way is in the next. When a batch fails, all that wait fail with it, instead of one batch
 * after another.
 */
export function gathering<T>(
  run: (batch: readonly T[]) => Promise<void>,
): (item: T) => Promise<void> {
  const waiting: Waiting<T>[] = []
  let isRunning = false

  async function runNext(): Promise<void> {
    const batch = waiting.splice(0, mostInBatch)
    try {
      await run(batch.map(({ item }) => item))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error)
    }
  }

  async function runAll(): Promise<void> {
    isRunning = true
    while (waiting.length > 0) await runNext()
    isRunning = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!isRunning) void runAll()
    })
}
