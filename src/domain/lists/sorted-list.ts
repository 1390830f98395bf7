import { compareStandings, type Standing } from './order.ts'

/** So many items stand together: what adding or removing one moves. */
const blockSize = 512

/** Which part of a sorted list is asked for. */
interface Part {
  readonly isDescending: boolean
  /** How many to pass over, or after which place to go on. */
  readonly from: number | Standing
  readonly limit: number
}

/** The first index for which a test holds, when it holds for all after it. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * Items in the order of their places, with their number of each place. It keeps nothing but the
 * items, in blocks: adding one costs microseconds, whatever the length.
 */
export class SortedList<T> {
  readonly #placeOf: (item: T) => Standing
  readonly #blocks: T[][] = []
  #size = 0

  constructor(placeOf: (item: T) => Standing) {
    this.#placeOf = placeOf
  }

  get size(): number {
    return this.#size
  }

  #compare(item: T | undefined, place: Standing): number {
    return item === undefined ? 1 : compareStandings(this.#placeOf(item), place)
  }

  /** The block where a place is or would be, and its index in there. */
  #find(place: Standing): { readonly at: number; readonly block: T[]; readonly index: number } {
    const last = this.#blocks.at(-1)
    // What is put in its order comes after the last: one look tells.
    if (last && this.#compare(last.at(-1), place) < 0) {
      return { at: this.#blocks.length - 1, block: last, index: last.length }
    }
    const beyond = firstIndex(this.#blocks.length, (at) => {
      return this.#compare(this.#blocks[at]?.[0], place) > 0
    })
    const at = Math.max(0, beyond - 1)
    const block = this.#blocks[at] ?? []
    const index = firstIndex(block.length, (one) => this.#compare(block[one], place) >= 0)
    return { at, block, index }
  }

  /** Takes an item; one that has its place already is replaced. */
  put(item: T): void {
    const place = this.#placeOf(item)
    const { at, block, index } = this.#find(place)
    const isThere = this.#compare(block[index], place) === 0
    block.splice(index, isThere ? 1 : 0, item)
    if (!isThere) this.#size += 1
    if (block.length === 1) this.#blocks[at] = block
    // What comes last mostly comes after the last: full blocks then stay full.
    const half = index === blockSize ? blockSize : blockSize / 2
    if (block.length > blockSize) this.#blocks.splice(at + 1, 0, block.splice(half))
  }

  remove(place: Standing): void {
    const { at, block, index } = this.#find(place)
    if (this.#compare(block[index], place) !== 0) return
    block.splice(index, 1)
    this.#size -= 1
    if (block.length === 0) this.#blocks.splice(at, 1)
  }

  /** How many items stand before a place, and how many when what is there is counted too. */
  around(place: Standing): { readonly before: number; readonly through: number } {
    const { at, block, index } = this.#find(place)
    const before = this.#blocks.slice(0, at).reduce((sum, { length }) => sum + length, index)
    return { before, through: before + (this.#compare(block[index], place) === 0 ? 1 : 0) }
  }

  /** The items from one number to another, which is not included. */
  slice(from: number, to: number): readonly T[] {
    const found: T[] = []
    let start = 0
    for (const block of this.#blocks) {
      if (start >= to) break
      if (start + block.length > from) {
        found.push(...block.slice(Math.max(0, from - start), to - start))
      }
      start += block.length
    }
    return found
  }

  /** Some items from one of the two ends on: behind so many, or behind a place. */
  part({ isDescending, from, limit }: Part): readonly T[] {
    const isPlace = typeof from !== 'number'
    if (!isDescending) {
      const start = isPlace ? this.around(from).through : from
      return this.slice(start, start + limit)
    }
    const end = isPlace ? this.around(from).before : this.#size - from
    return this.slice(Math.max(0, end - limit), Math.max(0, end)).toReversed()
  }
}
