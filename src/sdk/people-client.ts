import { kinds, type Page } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import type { User, UserPatch, UsersFilter } from './people.ts'
import { pagesOf } from './reading.ts'

/** Everybody who ever signed in or was invited. */
export interface Users {
  readonly list: (filter?: UsersFilter & CursorOptions & ReadOptions) => Promise<Page<User>>
  readonly read: (userId: string, options?: ReadOptions) => Promise<Tagged<User>>
  readonly update: Change<[userId: string, patch: UserPatch], Tagged<User>>
  /** With all that is bound to them, for good. */
  readonly delete: Change<[userId: string], void>
}

const root = '/api/users'

/** The calls about people. */
export function usersOf(call: Caller): Users {
  return {
    list: pagesOf(call, root, kinds.user),
    read: async (id, given) => tagged(await call('GET', pathTo(root, id), given), kinds.user),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.user),
    delete: async (id, given) => {
      await call('DELETE', pathTo(root, id), given)
    },
  }
}
