import type { Task } from './background.ts'
import type { Parts } from './parts.ts'

const sweepMs = 30_000

/** Replay records that ended before `at` (ms) may be gone: an assertion that old is refused. */
export interface Horizon {
  at: number
}

interface Upkept extends Parts {
  readonly now: () => number
}

/** What a running server does besides answering. */
export function upkeep(parts: Upkept, horizon: Horizon, onNewKeys: () => void): readonly Task[] {
  const { store, directory, keyring, book, now } = parts
  return [
    {
      name: 'follow the event log',
      everyMs: 400,
      run: async () => {
        await directory.catchUp()
        horizon.at = await store.claimHorizon()
      },
    },
    { name: 'settle the event log', everyMs: 1000, run: () => store.settle() },
    { name: 'write what was gathered', everyMs: 5000, run: () => book.write(store) },
    {
      name: 'follow the keys folder',
      everyMs: 2000,
      run: async () => {
        if (await keyring.reload()) onNewKeys()
      },
    },
    {
      name: 'sweep',
      everyMs: sweepMs,
      run: async () => {
        directory.forgetExpired()
        while ((await store.sweep(now())).more);
      },
    },
  ]
}
