import type { Records } from '../domain/records.ts'
import { placeNumber } from '../domain/status-lists/status-list.ts'
import type { Shelf } from './shelves.ts'
import { type Bits, note } from './token-words.ts'

/** Revoked tokens by the digest of their `jti`, each until its end (ms). */
export class RevocationShelf implements Shelf<'revocation'> {
  readonly #until = new Map<string, number>()
  /** Where the status of former values is told. */
  readonly #places = new Map<string, number>()
  #changes = 0

  /** How often any of them changed so far. */
  get changes(): number {
    return this.#changes
  }

  /** Says of former values that they are over. */
  fill(bits: Bits): void {
    for (const place of this.#places.values()) note(bits, place, true)
  }

  has(id: string): boolean {
    return this.#until.has(id)
  }

  put({ id, status, purgeAfter = Number.POSITIVE_INFINITY }: Records['revocation']): void {
    this.#until.set(id, purgeAfter)
    if (!status) return
    this.#places.set(id, placeNumber(status))
    this.#changes += 1
  }

  drop(): void {
    // The sweeper may be ahead of us: a revocation stays until its own end.
  }

  forget(now: number): void {
    for (const [id, until] of this.#until) {
      if (until > now) continue
      this.#until.delete(id)
      this.#places.delete(id)
    }
  }
}
