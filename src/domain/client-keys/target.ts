import type { Resource } from '../access/decide.ts'
import type { Demand, Target } from '../change.ts'

/** Which client key a use case is about, as its caller names it. */
export interface ClientKeyTarget {
  readonly id: string
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number
  readonly demand?: Demand
}

/** What a client key is to those who ask for leave: applications are the root's matter. */
export const clientKeys: Resource = { type: 'client_key', owner: 'root' }

/** Where a client key is looked for. */
export function clientKeyAt({ id, ifVersion, demand }: ClientKeyTarget): Target<'client_key'> {
  return {
    kind: 'client_key',
    find: (ctx) => ctx.store.get('client_key', id),
    resource: clientKeys,
    absent: 'client_key.not_found',
    ifVersion,
    demand,
  }
}
