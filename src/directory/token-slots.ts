const slotsOfSlab = 4096
/** Members of a slot, each a word of 32 bits. */
const wordsOfSlot = 16

/** Where each member of a slot begins. */
export const member = {
  /** Four words. */
  id: 0,
  /** Four words: the first half of the digest of the value. */
  digest: 4,
  /** Seconds. */
  expires: 8,
  holder: 9,
  /** The next and the former slot of the same holder, from 1; 0: none. */
  next: 10,
  former: 11,
  /** 0: the slot is free. */
  version: 12,
  /** The number of its list and the index in it; see `noPlace`. */
  place: 13,
  flags: 14,
  /** Seconds; 0: not yet. */
  purge: 15,
} as const

/** The flag of a token that is not deleted. */
export const live = 1

/** Of the flags: from which bit on they are the number of the key that signed. */
export const keyShift = 6

/** What stands for no place in any status list. */
export const noPlace = 0xff_ff_ff_ff

/**
 * Fixed words for each of very many tokens: an object for each would take four times the room, and the
 * collector would walk them all.
 */
export class Slots {
  readonly #slabs: Uint32Array[] = []
  readonly #free: number[] = []
  #size = 0

  /** How many slots were ever taken: all of them are below. */
  get size(): number {
    return this.#size
  }

  take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    const slot = this.#size
    this.#size += 1
    if (slot % slotsOfSlab === 0) {
      this.#slabs.push(new Uint32Array(slotsOfSlab * wordsOfSlot))
    }
    return slot
  }

  release(slot: number): void {
    this.words(slot, 0, wordsOfSlot).fill(0)
    this.#free.push(slot)
  }

  #slab(slot: number): Uint32Array {
    const slab = this.#slabs[Math.floor(slot / slotsOfSlab)]
    if (!slab) throw new RangeError(`there is no slot ${slot}`)
    return slab
  }

  get(slot: number, at: number): number {
    return this.#slab(slot)[(slot % slotsOfSlab) * wordsOfSlot + at] ?? 0
  }

  set(slot: number, at: number, value: number): void {
    this.#slab(slot)[(slot % slotsOfSlab) * wordsOfSlot + at] = value
  }

  /** Calls for each of some slots, with the words among which its own begin: nothing is made for any of them. */
  each(
    from: number,
    to: number,
    take: (words: Uint32Array, at: number, slot: number) => void,
  ): void {
    const end = Math.min(to, this.#size)
    for (let slot = from; slot < end; slot += 1) {
      take(this.#slab(slot), (slot % slotsOfSlab) * wordsOfSlot, slot)
    }
  }

  /** Some words of a slot, to be read or written. */
  words(slot: number, from: number, length: number): Uint32Array {
    const start = (slot % slotsOfSlab) * wordsOfSlot + from
    return this.#slab(slot).subarray(start, start + length)
  }
}
