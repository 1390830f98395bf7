import { type Access, accessOf } from './access-client.ts'
import { kinds, oneOf, type Page } from './answers.ts'
import type { Attention } from './attention.ts'
import {
  type AdminClientOptions,
  type Caller,
  type Change,
  callerOf,
  type ReadOptions,
  type Tagged,
  tagged,
} from './calls.ts'
import { type Clients, clientsOf } from './clients-client.ts'
import { type CompanyClient, companyOf } from './company-client.ts'
import { type Credentials, credentialsOf } from './credentials-client.ts'
import { type Export, exportOf } from './exports.ts'
import { type Issuers, issuersOf } from './issuers-client.ts'
import type {
  AccountsFilter,
  AuditEntry,
  AuditFilter,
  ClientKey,
  ClientKeyPatch,
  CreatedAccount,
  CreatedClientKey,
  ListFilter,
  NewClientKey,
  NewServiceAccount,
  PepperStatus,
  ServiceAccount,
  ServiceAccountPatch,
} from './management.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import type { Me } from './people.ts'
import { type Users, usersOf } from './people-client.ts'
import { type ProjectTokens, projectTokensOf } from './project-tokens-client.ts'
import { pagesOf, wholeOf } from './reading.ts'
import type { PermissionMeaning, Role } from './roles.ts'
import {
  type Companies,
  companiesOf,
  type Environments,
  environmentsOf,
  type Projects,
  projectsOf,
} from './tree-client.ts'
import type { CallOptions } from './waiting.ts'

/** The management API, call by call. Every method fails with OstiaryError. */
export interface AdminClient extends Credentials {
  readonly createAccount: (
    input: NewServiceAccount,
    options?: CallOptions,
  ) => Promise<CreatedAccount>
  readonly accounts: (
    filter?: AccountsFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<ServiceAccount>>
  readonly account: (clientId: string, options?: ReadOptions) => Promise<Tagged<ServiceAccount>>
  readonly updateAccount: Change<
    [clientId: string, patch: ServiceAccountPatch],
    Tagged<ServiceAccount>
  >
  readonly deleteAccount: Change<[clientId: string], void>
  readonly createClientKey: (
    input: NewClientKey,
    options?: CallOptions,
  ) => Promise<CreatedClientKey>
  readonly clientKeys: (filter?: ListFilter & ReadOptions) => Promise<Tagged<readonly ClientKey[]>>
  readonly clientKey: (id: string, options?: ReadOptions) => Promise<Tagged<ClientKey>>
  readonly updateClientKey: Change<[id: string, patch: ClientKeyPatch], Tagged<ClientKey>>
  readonly deleteClientKey: Change<[id: string], void>
  readonly peppers: (options?: ReadOptions) => Promise<Tagged<readonly PepperStatus[]>>
  readonly audit: (filter?: AuditFilter & CursorOptions & ReadOptions) => Promise<Page<AuditEntry>>
  /** All entries that a filter leaves, newest first. */
  readonly auditExport: Export<AuditFilter>
  /** What of the accounts of root somebody should look at. */
  readonly attention: (options?: CallOptions) => Promise<Attention>
  /** Accounts as the console's own engine has them. */
  readonly clients: Clients
  readonly companies: Companies
  readonly projects: Projects
  readonly environments: Environments
  readonly access: Access
  /** Everybody who ever signed in or was invited. */
  readonly users: Users
  /** Tokens that live long, of accounts of every level. */
  readonly projectTokens: ProjectTokens
  /** Whose tokens say who a person is. */
  readonly issuers: Issuers
  /** The six roles that every company has, from the least to the most. */
  readonly roles: (filter?: ListFilter & ReadOptions) => Promise<Tagged<readonly Role[]>>
  readonly permissions: (
    filter?: ListFilter & ReadOptions,
  ) => Promise<Tagged<readonly PermissionMeaning[]>>
  /** Who asks, by what right, and what they may see. */
  readonly me: (options?: CallOptions) => Promise<Me>
  /** What belongs to one company. */
  readonly company: (companyId: string) => CompanyClient
}

const root = '/api/service-accounts'
const keysRoot = '/api/client-keys'
const keyPath = (id: string) => pathTo(keysRoot, id)

type ClientKeys = `${string}lientKey${string}` & keyof AdminClient

function clientKeysOf(call: Caller): Pick<AdminClient, ClientKeys> {
  return {
    createClientKey: async (body, options) =>
      oneOf(await call('POST', keysRoot, { ...options, body }), kinds.createdKey),
    clientKeys: wholeOf(call, keysRoot, kinds.clientKey),
    clientKey: async (id, options) =>
      tagged(await call('GET', keyPath(id), options), kinds.clientKey),
    updateClientKey: async (id, body, options) =>
      tagged(await call('PATCH', keyPath(id), { ...options, body }), kinds.clientKey),
    deleteClientKey: async (id, options) => {
      await call('DELETE', keyPath(id), options)
    },
  }
}

/** What is the same for everybody but for who asks. */
function standingOf(call: Caller): Pick<AdminClient, 'roles' | 'permissions' | 'me'> {
  return {
    roles: wholeOf(call, '/api/roles', kinds.role),
    permissions: wholeOf(call, '/api/permissions', kinds.permission),
    me: async (given) => oneOf(await call('GET', '/api/me', given), kinds.me),
  }
}

/** A client of the management API. */
export function adminClient(options: AdminClientOptions): AdminClient {
  const call = callerOf(options)
  return {
    createAccount: async (body, given) =>
      oneOf(await call('POST', root, { ...given, body }), kinds.created),
    accounts: pagesOf(call, root, kinds.account),
    account: async (clientId, given) =>
      tagged(await call('GET', pathTo(root, clientId), given), kinds.account),
    updateAccount: async (clientId, body, given) =>
      tagged(await call('PATCH', pathTo(root, clientId), { ...given, body }), kinds.account),
    deleteAccount: async (clientId, given) => {
      await call('DELETE', pathTo(root, clientId), given)
    },
    ...credentialsOf(call, root),
    ...clientKeysOf(call),
    peppers: wholeOf(call, '/api/peppers', kinds.pepper),
    audit: pagesOf(call, '/api/audit', kinds.entry),
    auditExport: exportOf(call, '/api/audit'),
    attention: async (given) => oneOf(await call('GET', '/api/attention', given), kinds.attention),
    clients: clientsOf(call),
    companies: companiesOf(call),
    projects: projectsOf(call),
    environments: environmentsOf(call),
    ...standingOf(call),
    access: accessOf(call),
    users: usersOf(call),
    projectTokens: projectTokensOf(call),
    issuers: issuersOf(call),
    company: (companyId) => companyOf(call, companyId),
  }
}
