import type { ActionRow } from './action-row.ts'
import { byManagers, byProjectManagers, byRootViewers, bySystem, byViewers } from './granted-by.ts'

/** What can be done to tokens that live long, and asked about any. */
export const tokens = {
  'token.create': { title: 'make a', on: 'token', grantedBy: byManagers },
  'token.list': { title: 'list', on: 'token', grantedBy: byViewers },
  'token.read': { title: 'read a', on: 'token', grantedBy: byViewers },
  'token.update': { title: 'rename a', on: 'token', grantedBy: byManagers },
  'token.regenerate': { title: 'make a new value of a', on: 'token', grantedBy: byManagers },
  'token.delete': { title: 'delete a', on: 'token', grantedBy: byManagers },
  'token.introspect': {
    title: 'ask whether it stands of any',
    on: 'token',
    grantedBy: byRootViewers,
  },
  'revocation.list': {
    title: 'be told of the end of any',
    on: 'token',
    grantedBy: { root: ['console.root.view'] },
  },
  'project_token.read': {
    title: "read, of a project's service accounts, a",
    on: 'token',
    grantedBy: { ...byProjectManagers, ...byRootViewers },
    keptForOwners: 'by_setting',
  },
  'project_token.manage': {
    title: "make, change or delete, of a project's service accounts, a",
    on: 'token',
    grantedBy: byProjectManagers,
    keptForOwners: 'by_setting',
  },
  'status_list.reserve': {
    title: 'give away places of a',
    on: 'status_list',
    grantedBy: bySystem,
  },
} as const satisfies Record<string, ActionRow>
