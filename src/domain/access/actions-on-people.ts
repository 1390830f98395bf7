import {
  byBinders,
  byPeopleManagers,
  byPeopleViewers,
  byRoleAuthors,
  bySystem,
} from './granted-by.ts'

const view = 'console.root.view'

const byRootBinders = { root: ['console.root.user.bind'] } as const
const byCompanyViewers = {
  root: [view, 'console.root.user.manage', 'console.root.user.bind'],
  company: ['console.company.view'],
} as const
const byInviters = {
  root: ['console.root.user.manage'],
  company: ['console.company.users.manage'],
} as const
/** What is done to people. */
export const people = {
  'user.list_all': { title: 'list everybody who is a', on: 'user', grantedBy: byPeopleViewers },
  'user.read': { title: 'read a', on: 'user', grantedBy: byPeopleViewers },
  'user.update': {
    title: 'change a',
    on: 'user',
    grantedBy: { root: ['console.root.user.manage', 'console.root.user.bind'] },
  },
  'user.disable': { title: 'disable or enable a', on: 'user', grantedBy: byPeopleManagers },
  'user.grant': {
    title: 'give permissions at the root to a',
    on: 'user',
    grantedBy: byRootBinders,
  },
  'user.delete': { title: 'delete a', on: 'user', grantedBy: byPeopleManagers },
  'user.list': { title: 'list', on: 'user', grantedBy: byCompanyViewers },
  'user.invite': { title: 'invite a', on: 'user', grantedBy: byInviters },
  'user.bind': { title: 'give or take a role of a', on: 'user', grantedBy: byBinders },
  'user.remove': { title: 'remove from a company a', on: 'user', grantedBy: byInviters },
  'user.claim': { title: 'be who was invited as a', on: 'user', grantedBy: bySystem },
  'user.renew': { title: 'take from a token what names a', on: 'user', grantedBy: bySystem },
} as const

/** What is done to groups. */
export const groups = {
  'group.create': { title: 'make a', on: 'group', grantedBy: byRoleAuthors },
  'group.list': { title: 'list', on: 'group', grantedBy: byCompanyViewers },
  'group.read': { title: 'read a', on: 'group', grantedBy: byCompanyViewers },
  'group.update': { title: 'change a', on: 'group', grantedBy: byRoleAuthors },
  'group.bind': { title: 'give or take a role of a', on: 'group', grantedBy: byBinders },
  'group.delete': { title: 'delete a', on: 'group', grantedBy: byRoleAuthors },
  'group.add_members': { title: 'put somebody into a', on: 'group', grantedBy: byRoleAuthors },
  'group.remove_members': {
    title: 'take somebody out of a',
    on: 'group',
    grantedBy: {
      root: ['console.root.user.bind', 'console.root.user.manage'],
      company: ['console.company.users.manage'],
    },
  },
} as const
