/** A bound for what one command to a store holds: servers refuse longer ones, or stall on them. */
const most = 1000

/** The same items in the same order, in batches of at most 1,000. */
export function inBatches<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, n) =>
    items.slice(n * most, (n + 1) * most),
  )
}
