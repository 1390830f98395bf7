import { sizeOf, type Write } from './writes.ts'

/** A write that waits, and the caller who waits for it. */
export interface Waiting {
  readonly write: Write
  readonly resolve: (count: number) => void
  readonly reject: (error: unknown) => void
}

interface Bounds {
  readonly count: number
  readonly bytes: number
}

/** Beyond this a disk is too slow for those who write: they are refused at once. */
const mostWaiting: Bounds = { count: 5000, bytes: 64 * 1024 * 1024 }
/** One fsync serves so many; the first of them waits for all the others. */
const mostInBatch: Bounds = { count: 256, bytes: 4 * 1024 * 1024 }

/** Writes in the order in which they came, bounded in number and size. */
export class Queue {
  #waiting: { readonly one: Waiting; readonly bytes: number }[] = []
  #bytes = 0

  get isFull(): boolean {
    return this.#waiting.length >= mostWaiting.count || this.#bytes >= mostWaiting.bytes
  }

  add(one: Waiting): void {
    const bytes = sizeOf(one.write)
    this.#waiting.push({ one, bytes })
    this.#bytes += bytes
  }

  /** Takes out the writes that share the next transaction: none only when none waits. */
  takeBatch(): readonly Waiting[] {
    return this.#take(mostInBatch)
  }

  /** Takes out everything. */
  takeAll(): readonly Waiting[] {
    return this.#take({ count: this.#waiting.length, bytes: Number.POSITIVE_INFINITY })
  }

  #take({ count, bytes }: Bounds): readonly Waiting[] {
    let length = 0
    let taken = 0
    for (const next of this.#waiting) {
      if (length >= count || (length > 0 && taken + next.bytes > bytes)) break
      length += 1
      taken += next.bytes
    }
    this.#bytes -= taken
    return this.#waiting.splice(0, length).map(({ one }) => one)
  }
}
