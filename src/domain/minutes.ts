const minuteMs = 60_000

/** What is counted in a minute, by whose it is, and how long the minute still lasts. */
export interface Minute {
  readonly counts: Map<string, number>
  readonly secondsLeft: number
}

/** Answers the minute that it is. Each begins with the first question after the one before, and counts anew. */
export function minutes(now: () => number): () => Minute {
  let startedAt = Number.NEGATIVE_INFINITY
  let counts = new Map<string, number>()
  return () => {
    const at = now()
    // A clock that was set back begins anew, so that nobody waits for long.
    if (at - startedAt >= minuteMs || at < startedAt) {
      startedAt = at
      counts = new Map()
    }
    return { counts, secondsLeft: Math.ceil((startedAt + minuteMs - at) / 1000) }
  }
}
