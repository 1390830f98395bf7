import { expect, test } from '@jest/globals'
import { Recent } from '../../src/domain/recent.ts'

/** The same, by a look at all that there is. */
class Naive {
  #entries: (readonly [number, number])[] = []
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(key: number): number | undefined {
    const found = this.#entries.find(([own]) => own === key)
    if (found) this.#entries = [...this.#entries.filter((one) => one !== found), found]
    return found?.[1]
  }

  set(key: number, value: number): void {
    const others = this.#entries.filter(([own]) => own !== key)
    this.#entries = [...others, [key, value] as const].slice(-this.#most)
  }
}

test.each([1, 2, 7, 64])('of all that is put in, the %i that were used last are kept', (most) => {
  const [recent, naive] = [new Recent<number, number>(most), new Naive(most)]
  let seed = most
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let n = 0; n < 5000; n += 1) {
    const key = next(3 * most)
    if (next(2) === 0) expect([n, recent.get(key)]).toEqual([n, naive.get(key)])
    else {
      recent.set(key, n)
      naive.set(key, n)
    }
  }
})
