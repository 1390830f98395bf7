import type { KnownAccount } from '../domain/accounts/account.ts'
import { bcryptCost } from '../domain/credentials/foreign-secret.ts'

/**
 * How many secrets are still kept as another server digested them, by what it costs to check one.
 * One that a rotation put out of use ends by itself, and does not count.
 */
export class ForeignCosts {
  readonly #counts = new Map<number, number>()
  #total = 0

  get total(): number {
    return this.#total
  }

  put(known: KnownAccount, former: KnownAccount | undefined): void {
    if (former) this.#add(former, -1)
    this.#add(known, 1)
  }

  /** What it costs to check the one at a place, from 0 on, in any order; round the end it goes on. */
  at(place: number): number | undefined {
    let left = this.#total === 0 ? 0 : place % this.#total
    for (const [cost, count] of this.#counts) {
      if (left < count) return cost
      left -= count
    }
    return undefined
  }

  #add({ live, credentials }: KnownAccount, by: 1 | -1): void {
    if (!live) return
    for (const credential of credentials) {
      if (credential.kind !== 'foreign_secret' || credential.expiresAt !== undefined) continue
      const cost = bcryptCost(credential.bcrypt)
      this.#counts.set(cost, (this.#counts.get(cost) ?? 0) + by)
      this.#total += by
    }
  }
}
