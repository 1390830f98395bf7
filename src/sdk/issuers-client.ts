import { kinds } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type { IssuerPatch, NewIssuer, TrustedIssuer } from './issuers.ts'
import type { ListFilter } from './management.ts'
import { pathTo } from './paths.ts'
import { wholeOf } from './reading.ts'
import type { CallOptions } from './waiting.ts'

/** The issuers whose tokens say who a person is. */
export interface Issuers {
  /** Those of the settings of the server, then the others, oldest first. */
  readonly list: (filter?: ListFilter & ReadOptions) => Promise<Tagged<readonly TrustedIssuer[]>>
  /** One of the settings has no entity tag. */
  readonly read: (id: string, options?: ReadOptions) => Promise<Tagged<TrustedIssuer>>
  readonly create: (input: NewIssuer, options?: CallOptions) => Promise<Tagged<TrustedIssuer>>
  readonly update: Change<[id: string, patch: IssuerPatch], Tagged<TrustedIssuer>>
  readonly delete: Change<[id: string], void>
}

const root = '/api/issuers'

/** The calls about trusted issuers. */
export function issuersOf(call: Caller): Issuers {
  return {
    list: wholeOf(call, root, kinds.issuer),
    read: async (id, given) => tagged(await call('GET', pathTo(root, id), given), kinds.issuer),
    create: async (body, given) =>
      tagged(await call('POST', root, { ...given, body }), kinds.issuer),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.issuer),
    delete: async (id, given) => {
      await call('DELETE', pathTo(root, id), given)
    },
  }
}
