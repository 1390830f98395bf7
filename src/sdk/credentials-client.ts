import { kinds, oneOf } from './answers.ts'
import type { Caller, Change, ReadOptions, Tagged } from './calls.ts'
import type {
  AddedCredential,
  Credential,
  ListFilter,
  NewCredential,
  Rotated,
  Rotation,
} from './management.ts'
import { pathTo } from './paths.ts'
import { wholeOf } from './reading.ts'

/** What accounts log in with, and the tokens that they were given. */
export interface Credentials {
  readonly credentials: (
    clientId: string,
    filter?: ListFilter & ReadOptions,
  ) => Promise<Tagged<readonly Credential[]>>
  readonly addCredential: Change<[clientId: string, input: NewCredential], AddedCredential>
  readonly deleteCredential: Change<[clientId: string, id: string], void>
  readonly rotate: Change<[clientId: string, rotation: Rotation], Rotated>
  readonly revokeTokens: Change<[clientId: string], void>
}

/** The calls about what the accounts below a path log in with. */
export function credentialsOf(call: Caller, root: string): Credentials {
  const list = 'credentials'
  return {
    credentials: async (clientId, filter) =>
      await wholeOf(call, pathTo(root, clientId, list), kinds.credential)(filter),
    addCredential: async (clientId, body, options) => {
      const path = pathTo(root, clientId, list)
      return oneOf(await call('POST', path, { ...options, body }), kinds.added)
    },
    deleteCredential: async (clientId, id, options) => {
      await call('DELETE', pathTo(root, clientId, list, id), options)
    },
    rotate: async (clientId, body, options) => {
      const path = pathTo(root, clientId, 'rotate')
      return oneOf(await call('POST', path, { ...options, body }), kinds.rotated)
    },
    revokeTokens: async (clientId, options) => {
      await call('POST', pathTo(root, clientId, 'revoke-tokens'), options)
    },
  }
}
