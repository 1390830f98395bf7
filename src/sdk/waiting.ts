import { failure, OstiaryError } from './failure.ts'

/** What ends the wait of a call. */
export interface CallOptions {
  /** Ends this wait with the code `aborted`; what others wait for too goes on. */
  readonly signal?: AbortSignal | undefined
}

function endedBy({ reason }: AbortSignal): OstiaryError {
  if (reason instanceof OstiaryError) return reason
  return failure('aborted', 'the signal that was given has ended the wait', reason)
}

/** What the work comes to, unless the signal comes first, whether or not the work ever settles. */
export async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work
  let end = () => {}
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(endedBy(signal))
  })
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    return await Promise.race([work, ended])
  } catch (error) {
    // Work that heeds the signal fails at the same moment, in words of its own.
    throw signal.aborted ? endedBy(signal) : error
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** How long work may take, and what is thrown when it takes longer. */
export interface Limit extends CallOptions {
  readonly ms: number
  readonly late: () => OstiaryError
}

/** What the work comes to within its time; the signal that it is given ends with the wait. */
export async function within<T>(
  limit: Limit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(limit.late()), limit.ms)
  try {
    return await unlessAborted(unlessAborted(work(stop.signal), stop.signal), limit.signal)
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

/** Waits so long, or until the signal comes. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })
  })
}
