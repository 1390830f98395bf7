const mostKept = 10_000

/** Lets equal values share one object: ten thousand accounts with the same rights keep them once. */
export class Interned<T> {
  readonly #known = new Map<string, T>()

  /** The one object for this value; a value beyond the bound keeps its own. */
  share(value: T): T {
    const key = JSON.stringify(value)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size < mostKept) this.#known.set(key, value)
    return value
  }
}
