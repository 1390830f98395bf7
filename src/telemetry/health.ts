type CheckState = 'ok' | 'differs' | 'read-only' | 'stale' | 'unavailable'

/** What `/-/ready` answers. */
export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: Readonly<Record<string, CheckState>>
}

/** What a report is made of. */
export interface HealthSources {
  readonly isStarted: boolean
  readonly isDraining: boolean
  readonly hasKey: boolean
  /** Milliseconds since the store was last heard of. */
  readonly storeSilenceMs: number
  readonly maxStalenessMs: number
  /** Whether the clock of this process is believed. */
  readonly isClockGood: boolean
  /** Whether the store takes changes, as far as the last one told. */
  readonly takesWrites: boolean
}

/** After this silence the store counts as away: two turns of the follower and some air. */
const silenceMs = 2000

function storeState(sources: HealthSources): CheckState {
  const { storeSilenceMs, maxStalenessMs, takesWrites } = sources
  if (storeSilenceMs <= silenceMs) return takesWrites ? 'ok' : 'read-only'
  return storeSilenceMs <= maxStalenessMs ? 'stale' : 'unavailable'
}

/**
 * `ready`: tokens can be issued and changes made. `degraded`: tokens are still issued from what is
 * known. `unavailable`: neither, or not any more.
 */
export function healthReport(sources: HealthSources): HealthReport {
  const { isStarted, isDraining, hasKey } = sources
  const store = isStarted ? storeState(sources) : 'unavailable'
  const checks = {
    store,
    keys: hasKey ? 'ok' : 'unavailable',
    clock: sources.isClockGood ? 'ok' : 'differs',
    process: isStarted && !isDraining ? 'ok' : 'unavailable',
  } as const
  if (Object.values(checks).includes('unavailable')) return { status: 'unavailable', checks }
  const isWell = store === 'ok' && checks.clock === 'ok'
  return { status: isWell ? 'ready' : 'degraded', checks }
}
