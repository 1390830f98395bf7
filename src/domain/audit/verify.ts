import { isProblem } from '../problem.ts'
import type { Store } from '../store.ts'
import { isChained } from './chain.ts'
import { type Checkpoint, jwsOf } from './checkpoint.ts'
import type { Event } from './event.ts'

const page = 500

/** What the signature of a checkpoint comes to. */
export type Proof =
  | { readonly ok: true; readonly kid: string; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly kid: string; readonly why: 'unknown_key' | 'forged' }

/** How a log is verified. */
export interface VerifyOptions {
  /** Proves a signed checkpoint; without it the chain of hashes is all that is looked at. */
  readonly prove?: ((jws: string) => Proof) | undefined
  /** Where to begin: what is before was verified when this was kept. */
  readonly from?: Checkpoint | undefined
}

/** How far the checkpoints of a log prove it. */
export interface Signatures {
  /** The last checkpoint that a known key has signed: it proves all up to its entry. */
  readonly proven: (Checkpoint & { readonly kid: string }) | undefined
  /** Later ones by keys that are not known, by their own numbers: they prove nothing. */
  readonly unknown: readonly { readonly seq: number; readonly kid: string }[]
}

/** What a log came to. */
export type LogVerdict =
  | {
      readonly isSound: true
      readonly count: number
      readonly lastHash: string
      readonly signatures?: Signatures
    }
  | { readonly isSound: false; readonly brokenAt: number }

type Log = Pick<Store, 'events'>
type Place = Pick<Event, 'seq' | 'hash'>

/** A page with an entry that cannot be read is read entry by entry, up to that one. */
async function pageAfter(log: Log, after: number): Promise<readonly Event[]> {
  try {
    return await log.events({ after, limit: page })
  } catch (error) {
    if (!isProblem(error, 'store.damaged')) throw error
    return await log.events({ after, limit: 1 })
  }
}

async function* allEvents(log: Log, first: number): AsyncGenerator<Event> {
  let after = first
  for (;;) {
    const events = await pageAfter(log, after)
    yield* events
    after = events.at(-1)?.seq ?? after
    if (events.length === 0) return
  }
}

/** Goes along the log, and knows how far it came. */
class Walk {
  readonly #log: Log
  readonly #prove: VerifyOptions['prove']
  #last: Place | undefined
  #signatures: Signatures = { proven: undefined, unknown: [] }

  constructor(log: Log, prove: VerifyOptions['prove']) {
    this.#log = log
    this.#prove = prove
  }

  get next(): number {
    return (this.#last?.seq ?? 0) + 1
  }

  /** From the entry of a checkpoint; false when the log has another one there. */
  async beginsAt({ entry, hash }: Checkpoint): Promise<boolean> {
    this.#last = { seq: entry - 1, hash: '' }
    const [event] = await this.#log.events({ after: entry - 1, limit: 1 })
    if (event?.hash !== hash) return false
    const before = { seq: entry - 1, hash: event.previousHash }
    if (!isChained(event, before)) return false
    this.#last = event
    return true
  }

  /** Whether every entry from here on is what was chained, and every checkpoint true. */
  async isSound(): Promise<boolean> {
    // From below the first number on: an entry that nobody counted must not stay unseen.
    const first = this.#last?.seq ?? Number.NEGATIVE_INFINITY
    for await (const event of allEvents(this.#log, first)) {
      if (!isChained(event, this.#last)) return false
      if (!(await this.#isTrue(event))) return false
      this.#last = event
    }
    // What a store sorts behind every number is served by no list, and must not be there either.
    await this.#log.events({ after: Number.NEGATIVE_INFINITY, newestFirst: true, limit: 1 })
    return true
  }

  get verdict(): LogVerdict {
    const { seq: count, hash: lastHash } = this.#last ?? { seq: 0, hash: '' }
    const signatures = this.#prove && { signatures: this.#signatures }
    return { isSound: true, count, lastHash, ...signatures }
  }

  async #isTrue(event: Event): Promise<boolean> {
    const jws = jwsOf(event)
    const proof = jws === undefined ? undefined : this.#prove?.(jws)
    if (!proof) return true
    const { kid } = proof
    const { proven, unknown } = this.#signatures
    if (!proof.ok) {
      this.#signatures = { proven, unknown: [...unknown, { seq: event.seq, kid }] }
      return proof.why === 'unknown_key'
    }
    // What is before it is covered by its hash, whoever signed there.
    this.#signatures = { proven: { ...proof.checkpoint, kid }, unknown: [] }
    return await this.#wasThere(proof.checkpoint)
  }

  /** Whether the log had this hash at this entry, somewhere before where the walk is. */
  async #wasThere({ entry, hash }: Checkpoint): Promise<boolean> {
    const last = this.#last
    if (!last || entry > last.seq) return false
    if (entry === last.seq) return hash === last.hash
    const [found] = await this.#log.events({ after: entry - 1, limit: 1 })
    return found?.seq === entry && found.hash === hash
  }
}

/**
 * Recomputes the chain of hashes from the first entry, or from a checkpoint, to the last, and proves
 * the checkpoints in it. A store refuses to read an entry that is found by something else than it says.
 */
export async function verifyLog(log: Log, options: VerifyOptions = {}): Promise<LogVerdict> {
  const walk = new Walk(log, options.prove)
  try {
    const begins = options.from === undefined || (await walk.beginsAt(options.from))
    if (begins && (await walk.isSound())) return walk.verdict
  } catch (error) {
    if (!isProblem(error, 'store.damaged')) throw error
  }
  return { isSound: false, brokenAt: walk.next }
}
