const shards = 256
const firstCapacity = 16
/** What was there once and is gone: a search goes on behind it. */
const gone = -1

type IsSame = (slot: number) => boolean

/** Slots by a word that tells them apart nearly always; never long to grow, since it grows in parts. */
class Shard {
  #places = new Int32Array(firstCapacity)
  #used = 0
  #live = 0

  /** The place of a slot, or of where it would be; places hold slots from 1. */
  #placeOf(key: number, isSame: IsSame): number {
    const mask = this.#places.length - 1
    for (let place = key & mask; ; place = (place + 1) & mask) {
      const held = this.#places[place] ?? 0
      if (held === 0 || (held !== gone && isSame(held - 1))) return place
    }
  }

  find(key: number, isSame: IsSame): number | undefined {
    const held = this.#places[this.#placeOf(key, isSame)] ?? 0
    return held === 0 ? undefined : held - 1
  }

  add(key: number, slot: number, keyOf: (slot: number) => number): void {
    if ((this.#used + 1) * 4 > this.#places.length * 3) this.#rebuild(keyOf)
    this.#places[this.#placeOf(key, () => false)] = slot + 1
    this.#used += 1
    this.#live += 1
  }

  remove(key: number, slot: number): void {
    const place = this.#placeOf(key, (held) => held === slot)
    if (this.#places[place] !== slot + 1) return
    this.#places[place] = gone
    this.#live -= 1
  }

  #rebuild(keyOf: (slot: number) => number): void {
    const before = this.#places
    const wanted = Math.max(firstCapacity, (this.#live + 1) * 2)
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(wanted)))
    this.#used = 0
    for (const held of before) {
      if (held <= 0) continue
      this.#places[this.#placeOf(keyOf(held - 1), () => false)] = held
      this.#used += 1
    }
  }
}

/** Finds the slot of an id by one of its random words. */
export class SlotIndex {
  readonly #shards = Array.from({ length: shards }, () => new Shard())
  readonly #keyOf: (slot: number) => number

  /** `keyOf` reads the word of a slot. */
  constructor(keyOf: (slot: number) => number) {
    this.#keyOf = keyOf
  }

  #shard(key: number): Shard {
    const shard = this.#shards[key & (shards - 1)]
    if (!shard) throw new RangeError('there is no such shard')
    return shard
  }

  find(key: number, isSame: IsSame): number | undefined {
    return this.#shard(key).find(key >>> 8, isSame)
  }

  add(slot: number): void {
    const key = this.#keyOf(slot)
    this.#shard(key).add(key >>> 8, slot, (held) => this.#keyOf(held) >>> 8)
  }

  remove(slot: number): void {
    const key = this.#keyOf(slot)
    this.#shard(key).remove(key >>> 8, slot)
  }
}
