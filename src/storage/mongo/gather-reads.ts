/** A read goes out when none is out, or only those that have taken longer than this. */
const slowMs = 20
/** So many reads are out at once, however slow they are. */
const mostOut = 4
/** Of so many ids together, unless one who asks has more: what is answered stays small. */
const mostIds = 1000

type Found<T> = ReadonlyMap<string, T>

interface Asker<T> {
  readonly ids: readonly string[]
  readonly resolve: (found: Found<T>) => void
  readonly reject: (error: unknown) => void
}

/** The first of those who wait, as many as go together. */
function taken<T>(waiting: Asker<T>[]): readonly Asker<T>[] {
  let count = 0
  const beyond = waiting.findIndex(({ ids }, n) => {
    count += ids.length
    return n > 0 && count > mostIds
  })
  return waiting.splice(0, beyond === -1 ? waiting.length : beyond)
}

function ownOf<T>(ids: readonly string[], found: Found<T>): Found<T> {
  const own = new Map<string, T>()
  for (const id of ids) {
    const value = found.get(id)
    if (value !== undefined) own.set(id, value)
  }
  return own
}

/**
 * Returns what finds values by their ids through `read`. Whoever asks while a read is out goes together with all
 * who do, in the next one: it begins after they asked, so it shows all that was written before. One that is slow
 * holds up none that comes after it. When a read fails, it fails for those who share it.
 */
export function gatheringReads<T>(
  read: (ids: readonly string[]) => Promise<Found<T>>,
): (ids: readonly string[]) => Promise<Found<T>> {
  const waiting: Asker<T>[] = []
  let out = 0
  let slow = 0

  async function readFor(askers: readonly Asker<T>[]): Promise<void> {
    try {
      const found = await read([...new Set(askers.flatMap(({ ids }) => ids))])
      for (const { ids, resolve } of askers) resolve(ownOf(ids, found))
    } catch (error) {
      for (const { reject } of askers) reject(error)
    }
  }

  async function readNext(): Promise<void> {
    if (waiting.length === 0 || out > slow || out === mostOut) return
    out += 1
    let isSlow = false
    const timer = setTimeout(() => {
      isSlow = true
      slow += 1
      void readNext()
    }, slowMs)
    await readFor(taken(waiting))
    clearTimeout(timer)
    out -= 1
    if (isSlow) slow -= 1
    void readNext()
  }

  return (ids) =>
    new Promise((resolve, reject) => {
      waiting.push({ ids, resolve, reject })
      void readNext()
    })
}
