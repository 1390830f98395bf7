import { type Clock, monotonicOf, pausesBy } from './clock.ts'
import { failure } from './failure.ts'
import { within } from './waiting.ts'

/** After a good reading, what is not in it is not looked for again this long. */
const coolMs = 10_000
/** How long a reading lets its callers wait who could be served with what is known. */
const patienceMs = 1000

/** For how long something that was read serves. */
export interface Bounds<T> {
  /** It is read again when it is this old and somebody asks. */
  readonly freshMs: (value: T) => number
  /** How old it may get when it cannot be read again. */
  readonly longestMs: number
}

/** What is read of a server, kept: its keys, a list. */
export interface Kept<T> {
  /**
   * What is known now, by a reading that began no earlier than the moment that is given. Fails as
   * the reading did, when nothing is.
   */
  readonly known: (notBefore?: number) => Promise<T>
  /** What another reading says, unless the last one was just now. Fails as that reading did. */
  readonly again: () => Promise<T>
}

/** Keeps what `read` answers; callers at the same moment share one reading, and failures cool down. */
export function kept<T>(
  read: (last: T | undefined) => Promise<T>,
  { freshMs, longestMs }: Bounds<T>,
  clock: Clock,
): Kept<T> {
  const monotonic = monotonicOf(clock)
  const pauses = pausesBy(monotonic)
  let last: { readonly value: T; readonly at: number } | undefined
  let failed: unknown
  let pending: Promise<void> | undefined
  const isYounger = (ms: number) => last !== undefined && monotonic() - last.at < ms
  const isSince = (moment: number) => last !== undefined && last.at >= moment
  const reading = async () => {
    // Counted from before it was asked for: it is never older than it is taken for.
    const at = monotonic()
    try {
      const value = await read(last?.value)
      last = { value, at }
      failed = undefined
      pauses.succeeded(Math.min(coolMs, freshMs(value)))
    } catch (error) {
      failed = error
      pauses.failed({})
    } finally {
      pending = undefined
    }
  }
  const tryAgain = async (isUrgent = false) => {
    // After a good reading, only who knows of something newer reads again at once.
    if (pauses.isOn() && (failed !== undefined || !isUrgent)) return
    pending ??= reading()
    await pending
  }
  const late = () => failure('unreachable', 'the server takes its time')
  const refresh = async () => {
    if (!isYounger(longestMs)) return await tryAgain()
    await within({ ms: patienceMs, late }, async () => await tryAgain()).catch(() => {})
  }
  const readSince = async (moment: number) => {
    // The first may be one that had begun before.
    for (let tries = 0; tries < 2 && !isSince(moment); tries += 1) await tryAgain(true)
  }
  return {
    known: async (notBefore = Number.NEGATIVE_INFINITY) => {
      if (last && isSince(notBefore) && isYounger(freshMs(last.value))) return last.value
      await (isSince(notBefore) ? refresh() : readSince(notBefore))
      if (last && isSince(notBefore) && isYounger(longestMs)) return last.value
      throw failed
    },
    again: async () => {
      await tryAgain()
      if (last && failed === undefined) return last.value
      throw failed
    },
  }
}
