/** Where a key is in its life; all times are milliseconds. */
export type KeyState =
  | { readonly phase: 'next'; readonly signsFrom: number }
  | { readonly phase: 'current' }
  | { readonly phase: 'retired'; readonly verifiesUntil: number }

/** A key that begins to sign at a moment (ms). */
export interface Timed {
  readonly kid: string
  readonly signsFrom: number
}

/** A key, and where it is in its life. */
export interface Phased<K extends Timed> {
  readonly key: K
  readonly state: KeyState
}

/** For clocks that differ, and for processes that learn of a rotation a few seconds late. */
const toleranceMs = 60_000

/** By which moment (ms), and for how long a retired key is still accepted. */
export interface PhaseClock {
  readonly now: number
  readonly maxTokenLifetimeSeconds: number
  /** When the last token of which a record is kept ends that a key signed (ms); absent: 0 of each. */
  readonly neededUntil?: ((kid: string) => number) | undefined
}

/** The order in which keys sign. Of two keys of one moment the names decide, the same everywhere. */
function inSigningOrder<K extends Timed>(keys: readonly K[]): readonly K[] {
  return [...keys].sort((a, b) => a.signsFrom - b.signsFrom || (a.kid < b.kid ? -1 : 1))
}

/**
 * Derives the phase of every key from its time and a clock alone, so that processes which share a
 * folder agree without talking. While no key's time has come the earliest one signs: somebody must,
 * and the clock of another machine may run a little ahead of ours.
 */
export function phasesOf<K extends Timed>(
  keys: readonly K[],
  { now, maxTokenLifetimeSeconds, neededUntil = () => 0 }: PhaseClock,
): readonly Phased<K>[] {
  const ordered = inSigningOrder(keys)
  const current = Math.max(
    0,
    ordered.findLastIndex((key) => key.signsFrom <= now),
  )
  return ordered.map((key, index) => {
    if (index === current) return { key, state: { phase: 'current' } }
    if (index > current) return { key, state: { phase: 'next', signsFrom: key.signsFrom } }
    const retiredAt = ordered[index + 1]?.signsFrom ?? now
    const lastEnd = Math.max(retiredAt + maxTokenLifetimeSeconds * 1000, neededUntil(key.kid))
    const verifiesUntil = lastEnd + toleranceMs
    return { key, state: { phase: 'retired', verifiesUntil } }
  })
}

/** Whether the last token that a key can have signed has expired. */
export function isOver(state: KeyState, now: number): boolean {
  return state.phase === 'retired' && state.verifiesUntil <= now
}
