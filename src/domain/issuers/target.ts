import type { Demand, Target } from '../change.ts'

/** Which issuer a use case is about, as its caller names it. */
export interface IssuerTarget {
  readonly id: string
  readonly demand?: Demand
}

/** Where an issuer is looked for. */
export function issuerAt({ id, demand }: IssuerTarget): Target<'issuer'> {
  return {
    kind: 'issuer',
    find: (ctx) => ctx.store.get('issuer', id),
    on: 'root',
    absent: 'issuer.not_found',
    demand,
  }
}
