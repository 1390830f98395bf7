import { kinds } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type { ListFilter } from './management.ts'
import { pathTo } from './paths.ts'
import { wholeOf } from './reading.ts'
import type { CustomRole, NewRole, RolePatch } from './roles.ts'
import type { CallOptions } from './waiting.ts'

/** The roles that a company made for itself. */
export interface CompanyRoles {
  readonly create: (input: NewRole, options?: CallOptions) => Promise<Tagged<CustomRole>>
  readonly list: (filter?: ListFilter & ReadOptions) => Promise<Tagged<readonly CustomRole[]>>
  readonly read: (roleId: string, options?: ReadOptions) => Promise<Tagged<CustomRole>>
  /** It counts at once for all who hold the role. */
  readonly update: Change<[roleId: string, patch: RolePatch], Tagged<CustomRole>>
  readonly delete: Change<[roleId: string], void>
}

/** The calls about the roles below a path. */
export function rolesOf(call: Caller, root: string): CompanyRoles {
  return {
    create: async (body, given) =>
      tagged(await call('POST', root, { ...given, body }), kinds.customRole),
    list: wholeOf(call, root, kinds.customRole),
    read: async (id, given) => tagged(await call('GET', pathTo(root, id), given), kinds.customRole),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.customRole),
    delete: async (id, given) => {
      await call('DELETE', pathTo(root, id), given)
    },
  }
}
