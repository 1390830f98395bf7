import type { Store, Use } from '../domain/store.ts'
import { inBatches } from '../storage/batches.ts'
import { onceAMinute } from './once-a-minute.ts'

/** While the store is away nothing is written; what is beyond this is noted at its next use. */
const mostWaiting = 200_000

/** Last uses of credentials and client keys by id, gathered here and noted once a minute. */
export class LastUses {
  readonly #now: () => number
  readonly #isTime: (isLast: boolean) => boolean
  readonly #uses = new Map<string, Use>()

  constructor(now: () => number) {
    this.#now = now
    this.#isTime = onceAMinute(now)
  }

  /** Notes that a credential or client key was used just now, or that a person came; and from where. */
  add(id: string, from?: string): void {
    if (this.#uses.size >= mostWaiting && !this.#uses.has(id)) return
    this.#uses.set(id, { at: this.#now(), ...(from !== undefined && { from }) })
  }

  /** A store whose last uses are those that it was told, and those that still wait here. */
  over(store: Store): Store {
    return {
      ...store,
      uses: async (ids) => {
        const found = new Map(await store.uses(ids))
        for (const id of ids) {
          const waiting = this.#uses.get(id)
          if (waiting && waiting.at > (found.get(id)?.at ?? 0)) found.set(id, waiting)
        }
        return found
      },
    }
  }

  /** Writes what was gathered, at most once a minute unless `isLast`. What fails is kept, and nothing else. */
  async write(store: Pick<Store, 'noteUses'>, isLast = false): Promise<void> {
    if (!this.#isTime(isLast)) return
    for (const batch of inBatches([...this.#uses])) {
      await store.noteUses(new Map(batch))
      for (const [id, use] of batch) if (this.#uses.get(id) === use) this.#uses.delete(id)
    }
  }
}
