import { type AccessToken, OstiaryError } from '../../sdk/index.ts'

/** What time it is by two clocks, in milliseconds, and how to wait. */
export interface AgentClock {
  readonly now: () => number
  /** Only goes forward, and may stand still while the machine sleeps. */
  readonly monotonicNow: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** What happens while a token is kept, each a line of the log. */
export type AgentEvent =
  | { readonly event: 'written'; readonly expiresAt: number; readonly renewsAt: number }
  | {
      readonly event: 'failed'
      readonly error: unknown
      readonly retryMs: number
      /** Until when the token that is held is good; undefined when none is. */
      readonly heldUntil: number | undefined
    }
  | { readonly event: 'stopped'; readonly heldUntil: number | undefined }

/** Where tokens come from and go to. */
export interface Keeping {
  readonly fetch: (signal: AbortSignal) => Promise<AccessToken>
  readonly write: (token: AccessToken) => Promise<void>
  readonly tell: (event: AgentEvent) => void
  readonly signal: AbortSignal
  readonly clock: AgentClock
}

/** A token is renewed when between two and four tenths of its life are left: not by all at once. */
const renewedFrom = 0.6
const renewedWithin = 0.2

/** A clock that was set, or a machine that slept, is noticed within this time. */
const sliceMs = 10_000

const firstPauseMs = 1000
const longestPauseMs = 60_000
const longestAskedMs = 300_000

interface Held {
  readonly expiresAt: number
  /** Whether less than this part of its life has passed, by both clocks. */
  readonly isWithin: (part: number) => boolean
}

/** A life that began when the token was asked for: a clock that is set lengthens none. */
function heldFrom({ now, monotonicNow }: AgentClock) {
  const [wall, monotonic] = [now(), monotonicNow()]
  return ({ expiresAt }: AccessToken): Held => {
    const life = expiresAt - wall
    const isWithin = (part: number) =>
      now() < wall + life * part && monotonicNow() < monotonic + life * part
    return { expiresAt, isWithin }
  }
}

/** What waiting may mend: a server that is away, overloaded or being replaced. */
function canPass(error: unknown): boolean {
  if (!(error instanceof OstiaryError)) return false
  const { code, status } = error
  return code === 'unreachable' || status === 429 || status >= 500
}

function pauseMs(failures: number, error: unknown, { random }: AgentClock): number {
  const own = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
  const askedSeconds = error instanceof OstiaryError ? (error.retryAfterSeconds ?? 0) : 0
  return Math.max(own * (0.5 + random() / 2), Math.min(askedSeconds * 1000, longestAskedMs))
}

/** Fetches a token and writes it; answers how long it is good. */
async function renewed({ fetch, write, signal, clock }: Keeping): Promise<Held> {
  const held = heldFrom(clock)
  const token = await fetch(signal)
  await write(token)
  return held(token)
}

/** Waits until a part of the life of a token has passed, by either clock. */
async function untilDue(held: Held, part: number, { signal, clock }: Keeping): Promise<void> {
  while (held.isWithin(part) && !signal.aborted) await clock.sleep(sliceMs, signal)
}

async function keptOnce(keeping: Keeping): Promise<Held> {
  const { clock, tell } = keeping
  const startedAt = clock.now()
  const held = await renewed(keeping)
  const part = renewedFrom + renewedWithin * clock.random()
  const renewsAt = startedAt + (held.expiresAt - startedAt) * part
  tell({ event: 'written', expiresAt: held.expiresAt, renewsAt })
  await untilDue(held, part, keeping)
  return held
}

/**
 * Keeps a token that is good, until the signal comes. While the server is away it tries again, with
 * pauses. Fails with the first failure that waiting cannot mend, once no token is good any more.
 */
export async function keepToken(keeping: Keeping): Promise<void> {
  const { signal, tell, clock } = keeping
  let held: Held | undefined
  let failures = 0
  const good = () => (held?.isWithin(1) ? held.expiresAt : undefined)
  while (!signal.aborted) {
    try {
      held = await keptOnce(keeping)
      failures = 0
    } catch (error) {
      if (signal.aborted) break
      const heldUntil = good()
      if (heldUntil === undefined && !canPass(error)) throw error
      failures += 1
      const retryMs = pauseMs(failures, error, clock)
      tell({ event: 'failed', error, retryMs, heldUntil })
      await clock.sleep(retryMs, signal)
    }
  }
  tell({ event: 'stopped', heldUntil: good() })
}
