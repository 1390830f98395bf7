/** How many may wait. */
export interface LineBounds {
  readonly most: number
  /** Of one site. */
  readonly mostOfOne: number
}

/** Who waits, in a line for each site; each line has its turn, so that a long one holds up no other. */
export class Lines<T> {
  readonly #lines = new Map<string, T[]>()
  readonly #bounds: LineBounds
  #size = 0

  constructor(bounds: LineBounds) {
    this.#bounds = bounds
  }

  /** Whether there was room. */
  add(site: string, one: T): boolean {
    const line = this.#lines.get(site) ?? []
    if (this.#size >= this.#bounds.most || line.length >= this.#bounds.mostOfOne) return false
    line.push(one)
    this.#lines.set(site, line)
    this.#size += 1
    return true
  }

  /** The first of the line whose turn it is. */
  take(): T | undefined {
    const [next] = this.#lines
    if (!next) return undefined
    const [site, line] = next
    const one = line.shift()
    this.#lines.delete(site)
    if (line.length > 0) this.#lines.set(site, line)
    this.#size -= 1
    return one
  }

  /** All who wait; nobody does afterwards. */
  takeAll(): readonly T[] {
    const all = [...this.#lines.values()].flat()
    this.#lines.clear()
    this.#size = 0
    return all
  }
}
