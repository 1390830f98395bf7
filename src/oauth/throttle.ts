import { siteOf } from '../http/client-address.ts'

const mostEntries = 10_000
const longestDelaySeconds = 60
const forgetMs = 10 * 60_000

interface Entry {
  failures: number
  lastAt: number
  blockedUntil: number
}

const keyOf = (clientId: string, address: string) => `${siteOf(address)} ${clientId}`

/**
 * Slows down guessing: after a number of refused logins of one client from one address (of IPv6:
 * from one /64), the next is refused unseen for 1 s, 2 s, 4 s … up to a minute. Other addresses are
 * not affected, so that nobody can lock an owner out. Memory is bounded: the oldest entry makes
 * room, one that waits last of all.
 */
export class Throttle {
  readonly #now: () => number
  readonly #allowed: number
  readonly #entries = new Map<string, Entry>()

  /** `allowed` refusals are free; 0 switches the throttle off. */
  constructor(allowed: number, now: () => number) {
    this.#allowed = allowed
    this.#now = now
  }

  /** Seconds for which this pair must wait; 0 when it need not. */
  waitSeconds(clientId: string, address: string): number {
    const entry = this.#entries.get(keyOf(clientId, address))
    if (!entry) return 0
    const seconds = Math.ceil((entry.blockedUntil - this.#now()) / 1000)
    // Never longer than the longest delay, also when the clock was set back.
    return Math.max(0, Math.min(longestDelaySeconds, seconds))
  }

  refused(clientId: string, address: string): void {
    if (this.#allowed === 0) return
    const key = keyOf(clientId, address)
    const now = this.#now()
    const former = this.#entries.get(key)
    const isOld = !former || now - former.lastAt > forgetMs
    const failures = isOld ? 1 : former.failures + 1
    const beyond = failures - this.#allowed
    const delaySeconds = beyond < 0 ? 0 : Math.min(longestDelaySeconds, 2 ** Math.min(beyond, 6))
    this.#entries.delete(key)
    const blockedUntil = delaySeconds === 0 ? 0 : now + delaySeconds * 1000
    this.#entries.set(key, { failures, lastAt: now, blockedUntil })
    this.#makeRoom()
  }

  accepted(clientId: string, address: string): void {
    this.#entries.delete(keyOf(clientId, address))
  }

  #makeRoom(): void {
    if (this.#entries.size <= mostEntries) return
    const now = this.#now()
    // One that waits goes last: a stranger with many names must not end another's wait.
    for (const [key, { blockedUntil }] of this.#entries) {
      if (blockedUntil <= now) return void this.#entries.delete(key)
    }
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }
}
