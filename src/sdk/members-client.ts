import { kinds, type Page } from './answers.ts'
import {
  type Caller,
  type Change,
  type ChangeOptions,
  type ReadOptions,
  type Tagged,
  tagged,
} from './calls.ts'
import type { Roles, RolesUpdated } from './company-accounts.ts'
import type {
  CompanyUser,
  CompanyUsersFilter,
  FormerMembers,
  Group,
  GroupPatch,
  GroupsFilter,
  Invitation,
  NewGroup,
  NewMembers,
} from './members.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo, query } from './paths.ts'
import { pagesOf } from './reading.ts'
import type { CallOptions } from './waiting.ts'

type Where = CursorOptions & ReadOptions

/** People of one company. */
export interface CompanyUsers {
  readonly invite: (input: Invitation, options?: CallOptions) => Promise<Tagged<CompanyUser>>
  readonly list: (filter?: CompanyUsersFilter & Where) => Promise<Page<CompanyUser>>
  readonly read: (userId: string, options?: ReadOptions) => Promise<Tagged<CompanyUser>>
  readonly update: Change<[userId: string, roles: Roles], Tagged<RolesUpdated>>
  /** Takes away their roles; memberships in groups stay, unless these are to end too. */
  readonly remove: (
    userId: string,
    options?: ChangeOptions & { readonly removeFromGroups?: boolean | undefined },
  ) => Promise<void>
}

/** Groups of one company. */
export interface Groups {
  readonly create: (input: NewGroup, options?: CallOptions) => Promise<Tagged<Group>>
  readonly list: (filter?: GroupsFilter & Where) => Promise<Page<Group>>
  readonly read: (groupId: string, options?: ReadOptions) => Promise<Tagged<Group>>
  readonly update: Change<[groupId: string, patch: GroupPatch], Tagged<RolesUpdated>>
  readonly delete: Change<[groupId: string], void>
  readonly addMembers: Change<[groupId: string, members: NewMembers], Tagged<Group>>
  readonly removeMembers: Change<[groupId: string, members: FormerMembers], Tagged<Group>>
}

/** The calls about the people of the company below a path. */
export function companyUsersOf(call: Caller, root: string): CompanyUsers {
  return {
    invite: async (body, given) =>
      tagged(await call('POST', root, { ...given, body }), kinds.companyUser),
    list: pagesOf(call, root, kinds.companyUser),
    read: async (id, given) =>
      tagged(await call('GET', pathTo(root, id), given), kinds.companyUser),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.updated),
    remove: async (id, { removeFromGroups, ...given } = {}) => {
      await call('DELETE', `${pathTo(root, id)}${query({ removeFromGroups })}`, given)
    },
  }
}

/** The calls about the groups of the company below a path. */
export function groupsOf(call: Caller, root: string): Groups {
  const members = (id: string) => pathTo(root, id, 'members')
  return {
    create: async (body, given) =>
      tagged(await call('POST', root, { ...given, body }), kinds.group),
    list: pagesOf(call, root, kinds.group),
    read: async (id, given) => tagged(await call('GET', pathTo(root, id), given), kinds.group),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(root, id), { ...given, body }), kinds.updated),
    delete: async (id, given) => {
      await call('DELETE', pathTo(root, id), given)
    },
    addMembers: async (id, body, given) =>
      tagged(await call('POST', members(id), { ...given, body }), kinds.group),
    removeMembers: async (id, body, given) =>
      tagged(await call('DELETE', members(id), { ...given, body }), kinds.group),
  }
}
