import type { Permission } from './permissions.ts'

/** Where a grant is made; one of a higher level reaches everything below it. */
export type Level = 'root' | 'company' | 'project' | 'environment'

/** What an action is done to. */
export type ResourceType = 'service_account' | 'client_key' | 'issuer' | 'pepper' | 'audit_log'

interface ActionRow {
  /** What it is called, after `may`. */
  readonly title: string
  readonly on: ResourceType
  /** The permission that allows it, by the level at which it is granted. */
  readonly grantedBy: Readonly<Partial<Record<Level, Permission>>>
}

const byManagers = { root: 'console.root.serviceaccount.manage' } as const

const byPeopleManagers = { root: 'console.root.user.manage' } as const

/** What the server does by itself, and lets nobody else do. */
const bySystem = {} as const

/** Every action of every use case: one row each. */
export const actions = {
  'account.create': { title: 'create a', on: 'service_account', grantedBy: byManagers },
  'account.read': { title: 'read a', on: 'service_account', grantedBy: byManagers },
  'account.list': { title: 'list', on: 'service_account', grantedBy: byManagers },
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
    grantedBy: byManagers,
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
  'client_key.create': { title: 'create a', on: 'client_key', grantedBy: byManagers },
  'client_key.list': { title: 'list', on: 'client_key', grantedBy: byManagers },
  'client_key.read': { title: 'read a', on: 'client_key', grantedBy: byManagers },
  'client_key.update': { title: 'change a', on: 'client_key', grantedBy: byManagers },
  'client_key.delete': { title: 'delete a', on: 'client_key', grantedBy: byManagers },
  'issuer.create': { title: 'trust an', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.list': { title: 'list', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.read': { title: 'read an', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.update': { title: 'change an', on: 'issuer', grantedBy: byPeopleManagers },
  'issuer.delete': { title: 'trust no longer an', on: 'issuer', grantedBy: byPeopleManagers },
  'pepper.list': { title: 'list what needs which', on: 'pepper', grantedBy: byManagers },
  'credential.redigest': {
    title: 'digest anew a secret of a',
    on: 'service_account',
    grantedBy: bySystem,
  },
  'client_key.redigest': { title: 'digest anew a', on: 'client_key', grantedBy: bySystem },
  'audit.list': {
    title: 'read the',
    on: 'audit_log',
    grantedBy: { root: 'console.root.view' },
  },
} as const satisfies Record<string, ActionRow>

/** The name of an action. */
export type Action = keyof typeof actions

/** What grants an action, by level. */
export function grantsOf(action: Action): ActionRow['grantedBy'] {
  return actions[action].grantedBy
}
