const mostEntries = 10_000
const longestDelaySeconds = 60
const forgetMs = 10 * 60_000

interface Entry {
  failures: number
  lastAt: number
  blockedUntil: number
}

/**
 * Slows down guessing: after a number of refused logins of one client from one address, the next is
 * refused unseen for 1 s, 2 s, 4 s … up to a minute. Other addresses are not affected, so that
 * nobody can lock an owner out. Memory is bounded: the oldest entry makes room.
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
    const entry = this.#entries.get(`${address} ${clientId}`)
    return entry ? Math.max(0, Math.ceil((entry.blockedUntil - this.#now()) / 1000)) : 0
  }

  refused(clientId: string, address: string): void {
    if (this.#allowed === 0) return
    const key = `${address} ${clientId}`
    const now = this.#now()
    const former = this.#entries.get(key)
    const isOld = !former || now - former.lastAt > forgetMs
    const failures = isOld ? 1 : former.failures + 1
    const beyond = failures - this.#allowed
    const delaySeconds = beyond < 0 ? 0 : Math.min(longestDelaySeconds, 2 ** Math.min(beyond, 6))
    this.#entries.delete(key)
    this.#entries.set(key, { failures, lastAt: now, blockedUntil: now + delaySeconds * 1000 })
    this.#makeRoom()
  }

  accepted(clientId: string, address: string): void {
    this.#entries.delete(`${address} ${clientId}`)
  }

  #makeRoom(): void {
    const oldest = this.#entries.keys().next()
    if (this.#entries.size > mostEntries && !oldest.done) this.#entries.delete(oldest.value)
  }
}
