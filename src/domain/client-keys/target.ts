import type { Demand, Target } from '../change.ts'

/** Which client key a use case is about, as its caller names it. */
export interface ClientKeyTarget {
  readonly id: string
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number
  readonly demand?: Demand
}

/** Where a client key is looked for. */
export function clientKeyAt({ id, ifVersion, demand }: ClientKeyTarget): Target<'client_key'> {
  return {
    kind: 'client_key',
    find: (ctx) => ctx.store.get('client_key', id),
    on: 'root',
    absent: 'client_key.not_found',
    ifVersion,
    demand,
  }
}
