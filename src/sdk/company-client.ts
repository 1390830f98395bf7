import { kinds, oneOf, type Page } from './answers.ts'
import type { Attention } from './attention.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type {
  CompanyAccount,
  CompanyAccountPatch,
  CompanyAccountsFilter,
  CreatedCompanyAccount,
  NewCompanyAccount,
  RolesUpdated,
} from './company-accounts.ts'
import type { CompanyAuditEntry, CompanyAuditFilter } from './company-audit.ts'
import { type Credentials, credentialsOf } from './credentials-client.ts'
import { type Export, exportOf } from './exports.ts'
import { type CompanyUsers, companyUsersOf, type Groups, groupsOf } from './members-client.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import type { IdentitiesFilter, Identity } from './people.ts'
import { pagesOf } from './reading.ts'
import { type CompanyRoles, rolesOf } from './roles-client.ts'
import type { CallOptions } from './waiting.ts'

/** Service accounts of one company. */
export interface CompanyAccounts extends Credentials {
  readonly create: (
    input: NewCompanyAccount,
    options?: CallOptions,
  ) => Promise<CreatedCompanyAccount>
  readonly list: (
    filter?: CompanyAccountsFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<CompanyAccount>>
  readonly read: (clientId: string, options?: ReadOptions) => Promise<Tagged<CompanyAccount>>
  /** Its roles too: what is absent stays. */
  readonly update: Change<[clientId: string, patch: CompanyAccountPatch], Tagged<RolesUpdated>>
  readonly delete: Change<[clientId: string], void>
}

/** What belongs to one company. */
export interface CompanyClient {
  readonly accounts: CompanyAccounts
  readonly users: CompanyUsers
  readonly groups: Groups
  /** Those that it made for itself. */
  readonly roles: CompanyRoles
  /** Everybody who can hold roles in it. */
  readonly identities: (
    filter?: IdentitiesFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<Identity>>
  /** What happened to it and below it, newest first: for its owners. */
  readonly audit: (
    filter?: CompanyAuditFilter & CursorOptions & ReadOptions,
  ) => Promise<Page<CompanyAuditEntry>>
  /** All of it that a filter leaves. */
  readonly auditExport: Export<CompanyAuditFilter>
  /** What of its accounts somebody should look at. */
  readonly attention: (options?: CallOptions) => Promise<Attention>
}

function accountsOf(call: Caller, root: string): CompanyAccounts {
  return {
    create: async (body, given) =>
      oneOf(await call('POST', root, { ...given, body }), kinds.createdCompanyAccount),
    list: pagesOf(call, root, kinds.companyAccount),
    read: async (clientId, given) =>
      tagged(await call('GET', pathTo(root, clientId), given), kinds.companyAccount),
    update: async (clientId, body, given) =>
      tagged(await call('PATCH', pathTo(root, clientId), { ...given, body }), kinds.updated),
    delete: async (clientId, given) => {
      await call('DELETE', pathTo(root, clientId), given)
    },
    ...credentialsOf(call, root),
  }
}

/** The calls about what belongs to a company. */
export function companyOf(call: Caller, companyId: string): CompanyClient {
  const below = (noun: string) => pathTo('/api/companies', companyId, noun)
  return {
    accounts: accountsOf(call, below('service-accounts')),
    users: companyUsersOf(call, below('users')),
    groups: groupsOf(call, below('groups')),
    roles: rolesOf(call, below('roles')),
    identities: async ({ projectIds, ...filter } = {}) => {
      const asked = { ...filter, projectIds: projectIds?.join(',') }
      return await pagesOf(call, below('identities'), kinds.identity)(asked)
    },
    audit: pagesOf(call, below('audit-logs'), kinds.companyEntry),
    auditExport: exportOf(call, below('audit-logs')),
    attention: async (given) =>
      oneOf(await call('GET', below('attention'), given), kinds.attention),
  }
}
