/** The keys that signed tokens, each with a number, and until when the last of its tokens lives (ms). */
export class TokenKeys {
  readonly #numbers = new Map<string, number>()
  readonly #lastEnds = new Map<string, number>()

  numberOf(kid: string): number {
    const known = this.#numbers.get(kid)
    if (known !== undefined) return known
    const made = this.#numbers.size
    this.#numbers.set(kid, made)
    return made
  }

  noteEnd(kid: string, expiresAt: number): void {
    if (expiresAt > this.lastEndOf(kid)) this.#lastEnds.set(kid, expiresAt)
  }

  /** 0: it signed none that is known. */
  lastEndOf(kid: string): number {
    return this.#lastEnds.get(kid) ?? 0
  }

  /** By the number of each key, 1 for those that are not accepted. */
  refused(isAccepted: (kid: string) => boolean): Uint8Array {
    return Uint8Array.from(this.#numbers.keys(), (kid) => (isAccepted(kid) ? 0 : 1))
  }
}
