/** A bound for what one command to a store holds: servers refuse longer ones, or stall on them. */
const most = 1000

/** The same items in the same order, in batches of this size: at most 1,000. */
export function inBatches<T>(items: readonly T[], size = most): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  )
}

/** How many records or reservations one sweep removes at most: a bound for locks and for replies. */
export const sweepBatch = 500
