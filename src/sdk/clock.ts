/** What time it is, by two clocks. */
export interface Clock {
  /** The clock on the wall, in milliseconds: it can be set. A test's own. */
  readonly now?: (() => number) | undefined
  /** Milliseconds since some moment: it only goes forward. A test's own. */
  readonly monotonicNow?: (() => number) | undefined
}

/** A span of time that is over as soon as one of two clocks says so. */
export interface Span {
  /** Whether less than this part of it has passed. */
  readonly isWithin: (part: number) => boolean
  readonly endsAt: number
}

/** The clock by which waits are counted. */
export function monotonicOf({ monotonicNow = () => performance.now() }: Clock): () => number {
  return monotonicNow
}

/** Begins spans at this moment; a clock that is set back lengthens none, nor does a sleeping machine. */
export function spansFrom(clock: Clock): (seconds: number) => Span {
  const { now = Date.now } = clock
  const monotonic = monotonicOf(clock)
  const [wallStart, start] = [now(), monotonic()]
  return (seconds) => ({
    isWithin: (part) => {
      const ms = seconds * 1000 * part
      return now() < wallStart + ms && monotonic() < start + ms
    },
    endsAt: wallStart + seconds * 1000,
  })
}

const firstPauseMs = 1000
const longestPauseMs = 30_000
const longestAskedMs = 300_000

/** Pauses between tries that fail, each twice as long as the one before. */
export interface Pauses {
  readonly isOn: () => boolean
  /** For how much longer; 0 when it is off. */
  readonly leftMs: () => number
  readonly succeeded: (pauseMs?: number) => void
  /** Counts a failure; `free` lets the next try after the first one come at once. */
  readonly failed: (options: { askedSeconds?: number | undefined; free?: boolean }) => void
}

/** Pauses that begin with one second and end with half a minute, or with what the server asks for. */
export function pausesBy(monotonic: () => number): Pauses {
  let failures = 0
  let until = Number.NEGATIVE_INFINITY
  return {
    isOn: () => monotonic() < until,
    leftMs: () => Math.max(until - monotonic(), 0),
    succeeded: (pauseMs = 0) => {
      failures = 0
      until = monotonic() + pauseMs
    },
    failed: ({ askedSeconds = 0, free = false }) => {
      failures += 1
      const step = free ? failures - 1 : failures
      const own = step === 0 ? 0 : Math.min(firstPauseMs * 2 ** (step - 1), longestPauseMs)
      until = monotonic() + Math.max(own, Math.min(askedSeconds * 1000, longestAskedMs))
    },
  }
}
