import type { ActionRow } from './action-row.ts'
import { byBinders, byProjectManagers } from './granted-by.ts'

const byAccountManagers = {
  grantedBy: byProjectManagers,
  keptForOwners: 'by_setting',
} as const
const byMemberViewers = {
  ...byBinders,
  root: ['console.root.user.bind', 'console.root.view'],
} as const

/** What is done to the service accounts and the people of a project. */
export const projects = {
  'project_account.create': { title: 'create a', on: 'project_account', ...byAccountManagers },
  'project_account.list': { title: 'list every', on: 'project_account', ...byAccountManagers },
  'project_account.update': { title: 'change a', on: 'project_account', ...byAccountManagers },
  'project_account.delete': { title: 'delete a', on: 'project_account', ...byAccountManagers },
  'project_user.list': { title: 'list every', on: 'project_user', grantedBy: byMemberViewers },
  'project_user.add': { title: 'add a', on: 'project_user', grantedBy: byBinders },
  'project_user.update': { title: 'change a', on: 'project_user', grantedBy: byBinders },
  'project_user.remove': { title: 'remove a', on: 'project_user', grantedBy: byBinders },
} as const satisfies Record<string, ActionRow>
