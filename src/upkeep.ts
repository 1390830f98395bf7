import { setImmediate as immediate } from 'node:timers/promises'
import type { Task } from './background.ts'
import type { Parts } from './parts.ts'

const sweepMs = 30_000
/** Another process may be a little behind: what is over here is not yet over there. */
const clockToleranceMs = 60_000

/** What the store was last known to say. */
export interface Pulse {
  /** Replay records that ended before it (ms) may be gone: an assertion that old is refused. */
  claimHorizon: number
  /** False after a write failed for want of room, or for good. */
  takesWrites: boolean
}

interface Upkept extends Parts {
  readonly now: () => number
}

/** What a running server does besides answering. */
export function upkeep(parts: Upkept, pulse: Pulse): readonly Task[] {
  const { store, directory, keyring, book, now } = parts
  return [
    {
      name: 'follow the event log',
      everyMs: 400,
      run: async () => {
        await directory.catchUp()
        pulse.claimHorizon = await store.claimHorizon()
        pulse.takesWrites = await store.ping().then(
          () => true,
          () => false,
        )
      },
    },
    { name: 'settle the event log', everyMs: 1000, run: () => store.settle() },
    { name: 'write what was gathered', everyMs: 5000, run: () => book.write(store) },
    {
      name: 'follow the keys folder',
      everyMs: 2000,
      run: async () => {
        await keyring.reload()
      },
    },
    {
      name: 'sweep',
      everyMs: sweepMs,
      run: async () => {
        directory.forgetExpired()
        // Between batches everything else has its turn: SQLite sweeps without a pause.
        while ((await store.sweep(now() - clockToleranceMs)).more) await immediate()
      },
    },
  ]
}
