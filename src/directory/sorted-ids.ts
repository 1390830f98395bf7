/** Ids in ascending order: new ones mostly come last, so that adding costs next to nothing. */
export class SortedIds {
  readonly #ids: string[] = []

  get size(): number {
    return this.#ids.length
  }

  /** Where an id is, or would be. */
  #place(id: string): number {
    let [low, high] = [0, this.#ids.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ids[middle] ?? '') < id) low = middle + 1
      else high = middle
    }
    return low
  }

  add(id: string): void {
    if ((this.#ids.at(-1) ?? '') < id) return void this.#ids.push(id)
    const place = this.#place(id)
    if (this.#ids[place] !== id) this.#ids.splice(place, 0, id)
  }

  remove(id: string): void {
    const place = this.#place(id)
    if (this.#ids[place] === id) this.#ids.splice(place, 1)
  }

  /** Some ids after one of them (or where it would be), `offset` further on. */
  page(after: string, offset: number, limit: number): readonly string[] {
    const place = this.#place(after)
    const start = (this.#ids[place] === after ? place + 1 : place) + offset
    return this.#ids.slice(start, start + limit)
  }
}
