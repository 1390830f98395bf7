import { setTimeout as wait } from 'node:timers/promises'

/** Something that is done again and again. */
export interface Task {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void>
}

/** Runs tasks again and again, each never twice at once, until it is stopped. */
export function repeat(
  tasks: readonly Task[],
  onFailure: (name: string, error: unknown) => void,
): () => Promise<void> {
  const stop = new AbortController()
  const loop = async ({ name, everyMs, run }: Task) => {
    while (!stop.signal.aborted) {
      try {
        await run()
      } catch (error) {
        onFailure(name, error)
      }
      await wait(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
    }
  }
  const loops = tasks.map(loop)
  return async () => {
    stop.abort()
    await Promise.all(loops)
  }
}
