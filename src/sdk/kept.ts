import { type Clock, monotonicOf, pausesBy } from './clock.ts'

/** A set is read again when it is this old and somebody asks: a key may have been taken out of it. */
const freshMs = 300_000
/** How long the keys that are known serve when the set cannot be read: a day. */
const longestMs = 86_400_000
/** After a good reading, keys that are not in it are not looked for again this long. */
const coolMs = 10_000

/** What is read of a server, kept: its keys. */
export interface Kept<T> {
  /** What is known now. Fails as the reading did, when nothing is. */
  readonly known: () => Promise<T>
  /** What another reading says, unless the last one was just now. Fails as that reading did. */
  readonly again: () => Promise<T>
}

/** Keeps what `read` answers; callers at the same moment share one reading, and failures cool down. */
export function kept<T>(read: () => Promise<T>, clock: Clock): Kept<T> {
  const monotonic = monotonicOf(clock)
  const pauses = pausesBy(monotonic)
  let last: { readonly value: T; readonly at: number } | undefined
  let failed: unknown
  let pending: Promise<void> | undefined
  const isYounger = (ms: number) => last !== undefined && monotonic() - last.at < ms
  const reading = async () => {
    try {
      last = { value: await read(), at: monotonic() }
      failed = undefined
      pauses.succeeded(coolMs)
    } catch (error) {
      failed = error
      pauses.failed({})
    } finally {
      pending = undefined
    }
  }
  const tryAgain = async () => {
    if (pauses.isOn()) return
    pending ??= reading()
    await pending
  }
  return {
    known: async () => {
      if (!isYounger(freshMs)) await tryAgain()
      if (last && isYounger(longestMs)) return last.value
      throw failed
    },
    again: async () => {
      await tryAgain()
      if (last && failed === undefined) return last.value
      throw failed
    },
  }
}
