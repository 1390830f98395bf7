import type { Resource } from '../access/decide.ts'
import type { Demand, Target } from '../change.ts'

/** Which issuer a use case is about, as its caller names it. */
export interface IssuerTarget {
  readonly id: string
  readonly demand?: Demand
}

/** What an issuer is to those who ask for leave: whom to believe is the root's matter. */
export const issuers: Resource = { type: 'issuer', owner: 'root' }

/** Where an issuer is looked for. */
export function issuerAt({ id, demand }: IssuerTarget): Target<'issuer'> {
  return {
    kind: 'issuer',
    find: (ctx) => ctx.store.get('issuer', id),
    resource: issuers,
    absent: 'issuer.not_found',
    demand,
  }
}
