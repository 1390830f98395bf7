import { kinds, oneOf, type Page } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type {
  Client,
  ClientPatch,
  ClientState,
  ClientsFilter,
  CreatedClient,
  NewClient,
} from './clients.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import { pagesOf } from './reading.ts'
import type { CallOptions } from './waiting.ts'

/** Clients in the shape of the console's own engine: accounts of root, or of any company. */
export interface Clients {
  readonly create: (input: NewClient, options?: CallOptions) => Promise<CreatedClient>
  readonly list: (filter?: ClientsFilter & CursorOptions & ReadOptions) => Promise<Page<Client>>
  readonly read: (clientId: string, options?: ReadOptions) => Promise<Tagged<Client>>
  readonly update: Change<[clientId: string, patch: ClientPatch], Tagged<Client>>
  readonly move: Change<[clientId: string, stateTo: ClientState], void>
  readonly delete: Change<[clientId: string], void>
}

const root = '/clients'

/** The calls about clients. */
export function clientsOf(call: Caller): Clients {
  return {
    create: async (body, given) =>
      oneOf(await call('POST', root, { ...given, body }), kinds.createdClient),
    list: pagesOf(call, root, kinds.client),
    read: async (id, given) => tagged(await call('GET', pathTo(root, id), given), kinds.client),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.client),
    move: async (id, stateTo, given) => {
      await call('POST', pathTo(root, id, 'state'), { ...given, body: { stateTo } })
    },
    delete: async (id, given) => {
      await call('DELETE', pathTo(root, id), given)
    },
  }
}
