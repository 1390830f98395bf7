import type { ActionRow } from './action-row.ts'
import { groups, people } from './actions-on-people.ts'
import { projects } from './actions-on-projects.ts'
import { tokens } from './actions-on-tokens.ts'
import {
  byBinders,
  byManagers,
  byPeopleManagers,
  byPeopleViewers,
  byRoleAuthors,
  byRootViewers,
  bySystem,
  byViewers,
} from './granted-by.ts'
import type { Needs } from './ladder.ts'

const view = 'console.root.view'
const manage = 'console.root.serviceaccount.manage'

/** Whoever manages accounts; not every member needs to know of an address. */
const byInspectors = { ...byManagers, root: byViewers.root } as const
const byRootManagers = { root: [manage] } as const
const byEditors = {
  root: ['console.root.project.details.update'],
  company: ['console.company.project.details.update'],
  project: ['console.project.details.update'],
} as const

/** Disabling a company ends every token of its accounts for good, as deleting it does. */
const byEndersOfCompanies = {
  root: ['console.root.company.delete'],
  company: ['console.company.delete'],
} as const

const byAskers = { root: [view, manage], company: ['console.company.view'] } as const

const byRoleReaders = {
  root: [view, 'console.root.user.bind'],
  company: ['console.company.view'],
} as const

const accounts = {
  'account.create': { title: 'create a', on: 'service_account', grantedBy: byManagers },
  'account.read': { title: 'read a', on: 'service_account', grantedBy: byViewers },
  'account.list': { title: 'list', on: 'service_account', grantedBy: byViewers },
  'account.update': { title: 'change a', on: 'service_account', grantedBy: byManagers },
  'account.delete': { title: 'delete a', on: 'service_account', grantedBy: byManagers },
  'account.revoke_tokens': {
    title: 'end the access tokens of a',
    on: 'service_account',
    grantedBy: byManagers,
  },
  'credential.list': {
    title: 'list the credentials of a',
    on: 'service_account',
    grantedBy: byViewers,
  },
  'credential.inspect': {
    title: 'see the pepper, and the address of the last use, of a credential or token of a',
    on: 'service_account',
    grantedBy: byInspectors,
  },
  'credential.add': {
    title: 'add a credential to a',
    on: 'service_account',
    grantedBy: byManagers,
  },
  'credential.rotate': {
    title: 'rotate the secret of a',
    on: 'service_account',
    grantedBy: byManagers,
  },
  'credential.delete': {
    title: 'delete a credential of a',
    on: 'service_account',
    grantedBy: byManagers,
  },
  'credential.redigest': {
    title: 'digest anew a secret of a',
    on: 'service_account',
    grantedBy: bySystem,
  },
} as const

const installation = {
  'client_key.create': { title: 'create a', on: 'client_key', grantedBy: byRootManagers },
  'client_key.list': { title: 'list', on: 'client_key', grantedBy: byRootViewers },
  'client_key.read': { title: 'read a', on: 'client_key', grantedBy: byRootViewers },
  'client_key.update': { title: 'change a', on: 'client_key', grantedBy: byRootManagers },
  'client_key.delete': { title: 'delete a', on: 'client_key', grantedBy: byRootManagers },
  'client_key.redigest': { title: 'digest anew a', on: 'client_key', grantedBy: bySystem },
  'issuer.create': { title: 'trust an', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.list': { title: 'list', on: 'issuer', grantedBy: byPeopleViewers },
  'issuer.read': { title: 'read an', on: 'issuer', grantedBy: byPeopleViewers },
  'issuer.update': { title: 'change an', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.delete': { title: 'trust no longer an', on: 'issuer', grantedBy: byPeopleManagers },
  'pepper.list': { title: 'list what needs which', on: 'pepper', grantedBy: byRootViewers },
  'audit.list_of_company': {
    title: 'read the part of its company of the',
    on: 'audit_log',
    grantedBy: { root: [view], company: ['console.company.users.manage'] },
  },
  'audit.list': { title: 'read the', on: 'audit_log', grantedBy: { root: [view] } },
} as const

const tree = {
  'company.create': {
    title: 'create a',
    on: 'company',
    grantedBy: { root: ['console.root.company.create'] },
  },
  'company.read': {
    title: 'read a',
    on: 'company',
    grantedBy: { root: [view], company: ['console.company.view'] },
  },
  'company.update': {
    title: 'change a',
    on: 'company',
    grantedBy: {
      root: ['console.root.project.details.update'],
      company: ['console.company.details.update'],
    },
  },
  'company.disable': {
    title: 'disable or enable a',
    on: 'company',
    grantedBy: byEndersOfCompanies,
  },
  'company.delete': { title: 'delete a', on: 'company', grantedBy: byEndersOfCompanies },
  'company.disown': {
    title: 'take from its founder a',
    on: 'company',
    grantedBy: {
      root: ['console.root.user.bind', 'console.root.user.manage'],
      company: ['console.company.users.manage'],
    },
  },
  'project.create': {
    title: 'create a',
    on: 'project',
    grantedBy: {
      root: ['console.root.project.create'],
      company: ['console.company.project.create'],
    },
  },
  'project.read': {
    title: 'read a',
    on: 'project',
    grantedBy: {
      root: [view],
      company: ['console.company.project.view'],
      project: ['console.project.view'],
    },
  },
  'project.update': { title: 'change a', on: 'project', grantedBy: byEditors },
  'project.delete': {
    title: 'delete a',
    on: 'project',
    grantedBy: {
      root: ['console.root.project.delete'],
      company: ['console.company.project.delete'],
      project: ['console.project.delete'],
    },
  },
  'project.activate': { title: 'let its owners into a', on: 'project', grantedBy: bySystem },
  'environment.create': { title: 'create an', on: 'environment', grantedBy: byEditors },
  'environment.read': {
    title: 'read an',
    on: 'environment',
    grantedBy: {
      root: [view],
      company: ['console.company.project.environment.view'],
      project: ['console.project.environment.view'],
      environment: ['console.environment.view'],
    },
  },
  'environment.update': { title: 'change an', on: 'environment', grantedBy: byEditors },
  'environment.delete': { title: 'delete an', on: 'environment', grantedBy: byEditors },
} as const

const bindings = {
  'attention.read': {
    title: 'read what of accounts needs',
    on: 'attention',
    grantedBy: byViewers,
  },
  'identity.list': {
    title: 'list every',
    on: 'identity',
    grantedBy: { root: [view, 'console.root.user.bind'], company: ['console.company.view'] },
  },
  'identity.list_of_project': {
    title: 'list, with their roles on a project, every',
    on: 'identity',
    grantedBy: byBinders,
  },
  'access.ask': { title: 'ask what may be done by an', on: 'identity', grantedBy: byAskers },
  'account.bind': {
    title: 'give or take a role of a',
    on: 'service_account',
    grantedBy: byBinders,
  },
  'binding.set_on_company': {
    title: 'give or take a role on the company, which is a',
    on: 'binding',
    grantedBy: { root: ['console.root.user.bind'], company: ['console.company.users.manage'] },
  },
  'binding.set_below': {
    title: 'give or take a role on a project or environment, which is a',
    on: 'binding',
    grantedBy: byBinders,
  },
} as const

const roles = {
  'role.create': { title: 'create a', on: 'role', grantedBy: byRoleAuthors },
  'role.list': { title: 'list', on: 'role', grantedBy: byRoleReaders },
  'role.read': { title: 'read a', on: 'role', grantedBy: byRoleReaders },
  'role.update': { title: 'change a', on: 'role', grantedBy: byRoleAuthors },
  'role.delete': { title: 'delete a', on: 'role', grantedBy: byRoleAuthors },
} as const

/** Every action of every use case: one row each. */
export const actions = {
  ...accounts,
  ...tokens,
  ...installation,
  ...tree,
  ...bindings,
  ...roles,
  ...projects,
  ...people,
  ...groups,
} as const satisfies Record<string, ActionRow>

/** The name of an action. */
export type Action = keyof typeof actions

/** What grants an action, by level. */
export function grantsOf(action: Action): Needs {
  return actions[action].grantedBy
}
