const minuteMs = 60_000

/** Tells whether it is time again: at the first question, and then a minute after the last yes. */
export function onceAMinute(now: () => number): (isLast: boolean) => boolean {
  let saidAt = Number.NEGATIVE_INFINITY
  return (isLast) => {
    const at = now()
    // A clock that was set back does not hold anything up.
    if (!isLast && at >= saidAt && at - saidAt < minuteMs) return false
    saidAt = at
    return true
  }
}
