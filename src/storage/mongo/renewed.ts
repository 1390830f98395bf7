import type { MongoClient } from 'mongodb'

/** A client that is closed and connected anew when nothing else brings the server back. */
export interface Renewed {
  /** A call was answered: whatever it said, the client works. */
  answered(): void
  /** A call found no server. */
  failed(): void
  /** Closes the client for good, after a renewal under way. */
  close(): Promise<void>
}

type Renewable = Pick<MongoClient, 'close' | 'connect'>

const nowMs = () => performance.now()

/** The driver itself finds a server that is back within about one timeout: a second one is its grace. */
const graceInTimeouts = 2

/** A server that is there and refuses us is not asked more often. */
const pauseMs = 1000

/**
 * The driver asks each server in the background whether it is there. When all of its connections end in the same
 * moment, that question can go to a socket that is gone, and is waited for without a bound (seen with driver 7.9 and
 * servers that send no `topologyVersion`): then every call fails for as long as the process lives. So after nothing
 * but failures for longer than the driver needs, the client is closed and connected, until that succeeds.
 */
export function renewed(client: Renewable, timeoutMs: number, now = nowMs): Renewed {
  let failingSince: number | undefined
  let notBefore = 0
  let renewing: Promise<void> | undefined
  let isClosed = false

  async function renew(): Promise<void> {
    try {
      await client.close()
      if (!isClosed) await client.connect()
      failingSince = undefined
    } catch {
      // It is away, as the calls say, or refuses us: whatever fails after a pause renews again.
      notBefore = now() + pauseMs
    } finally {
      renewing = undefined
    }
  }

  return {
    answered() {
      failingSince = undefined
    },
    failed() {
      failingSince ??= now()
      const isDue = now() - failingSince >= graceInTimeouts * timeoutMs && now() >= notBefore
      if (isDue && !isClosed) renewing ??= renew()
    },
    async close() {
      isClosed = true
      await renewing
      await client.close()
    },
  }
}
