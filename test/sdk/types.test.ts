import { expect, test } from '@jest/globals'
import type { Static } from 'typebox'
import type * as access from '../../src/api/mia/access.ts'
import type { AuditQuery, CompanyAuditQuery } from '../../src/api/mia/audit-queries.ts'
import type { ClientsQuery } from '../../src/api/mia/client-queries.ts'
import type * as clients from '../../src/api/mia/client-schemas.ts'
import type * as companyUsers from '../../src/api/mia/company-users.ts'
import type * as groups from '../../src/api/mia/groups.ts'
import type * as issuers from '../../src/api/mia/issuers.ts'
import type {
  CompaniesQuery,
  IdentitiesQuery,
  WholeListQuery,
} from '../../src/api/mia/list-queries.ts'
import type { Attention, Identity } from '../../src/api/mia/list-replies.ts'
import type { MeReply } from '../../src/api/mia/me.ts'
import type {
  AccountsQuery,
  CompanyAccountsQuery,
  ProjectsQuery,
} from '../../src/api/mia/queries.ts'
import type * as replies from '../../src/api/mia/replies.ts'
import type * as roles from '../../src/api/mia/roles.ts'
import type * as bodies from '../../src/api/mia/schemas.ts'
import type * as tokens from '../../src/api/mia/tokens.ts'
import type * as users from '../../src/api/mia/users.ts'
import type * as sdk from '../../src/sdk/index.ts'

/** A type without what JSON does not have: whether it may be changed, and members of undefined. */
type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> }
    : T

type Identical<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Whether each has every member of the other, of the same type, and needed where that needs it. */
type Same<A, B> = Identical<Plain<A>, Plain<B>>

/** What the query of a list has besides its pages; the SDK has the word of all its lists for q. */
type Narrowing<T> = Omit<T, 'page' | 'per_page' | 'cursor' | 'q'>

/** States of accounts as the SDK has them: one word for each, where the API takes two. */
type OneWord<T extends { state?: string }> = Exclude<T['state'], 'DRAFT' | 'PUBLIC'>

/** A query in the types of the SDK. */
type OfAccounts<T extends { state?: string }> = Omit<Narrowing<T>, 'state' | 'rotating'> & {
  readonly state?: OneWord<T>
  readonly rotating?: boolean
}

/** What the SDK narrows a list by. */
type Filter<T extends sdk.ListFilter> = Omit<T, 'search'>

interface Matches {
  readonly createsAccount: Same<
    sdk.NewServiceAccount,
    // The spelling of RFC 7591 is read for the sake of other clients.
    Omit<Static<typeof bodies.CreateAccount>, 'jwks_uri'>
  >
  readonly patchesAccount: Same<sdk.ServiceAccountPatch, Static<typeof bodies.PatchAccount>>
  readonly addsCredential: Same<sdk.NewCredential, Static<typeof bodies.AddCredential>>
  readonly rotates: Same<sdk.Rotation, Static<typeof bodies.Rotate>>
  readonly account: Same<sdk.ServiceAccount, Static<typeof replies.ServiceAccount>>
  readonly created: Same<sdk.CreatedAccount, Static<typeof replies.CreatedAccount>>
  readonly credential: Same<sdk.Credential, Static<typeof replies.Credential>>
  readonly added: Same<sdk.AddedCredential, Static<typeof replies.AddedCredential>>
  readonly rotated: Same<sdk.Rotated, Static<typeof replies.RotatedSecret>>
  readonly createsClientKey: Same<sdk.NewClientKey, Static<typeof bodies.CreateClientKey>>
  readonly patchesClientKey: Same<sdk.ClientKeyPatch, Static<typeof bodies.PatchClientKey>>
  readonly clientKey: Same<sdk.ClientKey, Static<typeof replies.ClientKey>>
  readonly createdClientKey: Same<sdk.CreatedClientKey, Static<typeof replies.CreatedClientKey>>
  readonly pepper: Same<sdk.PepperStatus, Static<typeof replies.Pepper>>
  readonly entry: Same<sdk.AuditEntry, Static<typeof replies.AuditEntry>>
  readonly filter: Same<
    Omit<sdk.AuditFilter, 'action' | 'search'>,
    // As below.
    Omit<Static<typeof AuditQuery>, 'page' | 'per_page' | 'cursor' | 'action' | 'q' | 'format'>
  >
  readonly accounts: Same<Filter<sdk.AccountsFilter>, OfAccounts<Static<typeof AccountsQuery>>>
  readonly companyAccounts: Same<
    Filter<sdk.CompanyAccountsFilter>,
    OfAccounts<Static<typeof CompanyAccountsQuery>>
  >
  readonly clients: Same<
    Filter<sdk.ClientsFilter>,
    // The words of the console's own engine say the same again.
    Omit<OfAccounts<Static<typeof ClientsQuery>>, '_l' | '_sk' | '_s' | '_st'>
  >
  readonly companies: Same<
    Filter<sdk.CompaniesFilter>,
    // The same as q.
    Omit<Narrowing<Static<typeof CompaniesQuery>>, 'search'>
  >
  readonly projects: Same<
    Omit<Filter<sdk.ProjectsFilter>, 'companyIds'>,
    // A text with commas, which the SDK has as a list.
    Omit<Narrowing<Static<typeof ProjectsQuery>>, 'tenantIds'>
  >
  readonly wholeLists: Same<Filter<sdk.ListFilter>, Narrowing<Static<typeof WholeListQuery>>>
  readonly users: Same<Filter<sdk.UsersFilter>, Narrowing<Static<typeof users.UsersQuery>>>
  readonly companyUsers: Same<
    Filter<sdk.CompanyUsersFilter>,
    Narrowing<Static<typeof companyUsers.CompanyUsersQuery>>
  >
  readonly groups: Same<Filter<sdk.GroupsFilter>, Narrowing<Static<typeof groups.GroupsQuery>>>
  readonly identities: Same<
    Omit<Filter<sdk.IdentitiesFilter>, 'identityType'>,
    // In any case there.
    Omit<Narrowing<Static<typeof IdentitiesQuery>>, 'identityType' | 'state'> & {
      readonly state?: OneWord<Static<typeof IdentitiesQuery>>
    }
  >
  readonly projectTokens: Same<
    Filter<sdk.ProjectTokensFilter>,
    Narrowing<Static<typeof tokens.TokensQuery>>
  >
  readonly attention: Same<sdk.Attention, Static<typeof Attention>>
  readonly client: Same<sdk.Client, Static<typeof clients.Client>>
  readonly createdClient: Same<sdk.CreatedClient, Static<typeof clients.CreatedClient>>
  readonly createsClient: Same<sdk.NewClient, Static<typeof clients.CreateClient>>
  // The SDK has one way to say it.
  readonly patchesClient: Same<sdk.ClientPatch, Omit<Static<typeof clients.PatchClient>, '$set'>>
  readonly movesClient: Same<sdk.ClientState, Static<typeof clients.MoveClient>['stateTo']>
  readonly projectToken: Same<sdk.ProjectToken, Static<typeof tokens.Token>>
  readonly createsToken: Same<sdk.NewProjectToken, Static<typeof tokens.CreateToken>>
  readonly issuedToken: Same<sdk.IssuedProjectToken, Static<typeof tokens.IssuedToken>>
  readonly regenerates: Same<sdk.ProjectTokenRegeneration, Static<typeof tokens.RegenerateToken>>
  readonly regenerated: Same<sdk.RegeneratedProjectToken, Static<typeof tokens.RegeneratedToken>>
  readonly company: Same<sdk.Company, Static<typeof replies.Company>>
  readonly project: Same<sdk.Project, Static<typeof replies.Project>>
  readonly environment: Same<sdk.Environment, Static<typeof replies.Environment>>
  readonly createsPlace: Same<sdk.NewPlace, Static<typeof bodies.CreatePlace>>
  readonly patchesPlace: Same<sdk.PlacePatch, Static<typeof bodies.PatchPlace>>
  readonly patchesCompany: Same<sdk.CompanyPatch, Static<typeof bodies.PatchCompany>>
  readonly createsCompanyAccount: Same<
    sdk.NewCompanyAccount,
    Omit<Static<typeof bodies.CreateCompanyAccount>, 'jwks_uri'>
  >
  readonly patchesCompanyAccount: Same<
    sdk.CompanyAccountPatch,
    Static<typeof bodies.PatchCompanyAccount>
  >
  readonly companyAccount: Same<sdk.CompanyAccount, Static<typeof replies.CompanyAccount>>
  readonly createdCompanyAccount: Same<
    sdk.CreatedCompanyAccount,
    Static<typeof replies.CreatedCompanyAccount>
  >
  readonly rolesUpdated: Same<sdk.RolesUpdated, Static<typeof replies.RolesUpdated>>
  readonly role: Same<sdk.Role, Static<typeof roles.RoleReply>>
  readonly customRole: Same<sdk.CustomRole, Static<typeof roles.CustomRoleReply>>
  readonly createsRole: Same<sdk.NewRole, Static<typeof roles.CreateRole>>
  readonly patchesRole: Same<sdk.RolePatch, Static<typeof roles.PatchRole>>
  readonly permission: Same<sdk.PermissionMeaning, Static<typeof roles.PermissionReply>>
  readonly identity: Same<sdk.Identity, Static<typeof Identity>>
  readonly user: Same<sdk.User, Static<typeof users.UserReply>>
  readonly patchesUser: Same<sdk.UserPatch, Static<typeof users.PatchUser>>
  readonly issuer: Same<sdk.TrustedIssuer, Static<typeof issuers.TrustedIssuerReply>>
  readonly createsIssuer: Same<sdk.NewIssuer, Static<typeof issuers.CreateIssuer>>
  readonly patchesIssuer: Same<sdk.IssuerPatch, Static<typeof issuers.PatchIssuer>>
  readonly me: Same<sdk.Me, Static<typeof MeReply>>
  readonly question: Same<sdk.AccessQuestion, Static<typeof access.QuestionQuery>>
  readonly explained: Same<sdk.AccessExplained, Static<typeof access.Explained>>
  readonly holder: Same<sdk.AccessHolder, Static<typeof access.HolderReply>>
  readonly companyEntry: Same<sdk.CompanyAuditEntry, Static<typeof replies.CompanyAuditEntry>>
  readonly companyFilter: Same<
    Omit<sdk.CompanyAuditFilter, 'action' | 'search'>,
    // The SDK names no action: those of a newer server may be asked for too. Exports have calls of their own.
    // It has the word of its other lists for q.
    Omit<
      Static<typeof CompanyAuditQuery>,
      'page' | 'per_page' | 'cursor' | 'action' | 'q' | 'format'
    >
  >
  readonly companyUser: Same<sdk.CompanyUser, Static<typeof companyUsers.CompanyUserReply>>
  readonly invites: Same<sdk.Invitation, Static<typeof companyUsers.InviteUser>>
  readonly binds: Same<sdk.Roles, Static<typeof companyUsers.BindRoles>>
  readonly group: Same<sdk.Group, Static<typeof groups.GroupReply>>
  readonly createsGroup: Same<sdk.NewGroup, Static<typeof groups.CreateGroup>>
  readonly patchesGroup: Same<sdk.GroupPatch, Static<typeof groups.PatchGroup>>
  readonly addsMembers: Same<sdk.NewMembers, Static<typeof groups.AddMembers>>
  readonly removesMembers: Same<sdk.FormerMembers, Static<typeof groups.RemoveMembers>>
  readonly page: Same<
    sdk.PageOptions,
    // Both have a default.
    {
      page?: Static<typeof AccountsQuery>['page']
      perPage?: Static<typeof AccountsQuery>['per_page']
    }
  >
}

/** What the type checker must tell apart, or else it tells nothing above. */
interface Differences {
  readonly missing: Same<{ a: string }, { a: string; b?: string }>
  readonly wider: Same<{ a: string | null }, { a: string }>
  readonly needed: Same<{ a?: string }, { a: string }>
  readonly within: Same<{ a: { b: 1 }[] }, { a: { b: 1; c?: 1 }[] }>
}

test('the types of the SDK are those of the schemas of the routes, as the type checker sees it', () => {
  const matches: Matches = {
    createsAccount: true,
    patchesAccount: true,
    addsCredential: true,
    rotates: true,
    account: true,
    created: true,
    credential: true,
    added: true,
    rotated: true,
    createsClientKey: true,
    patchesClientKey: true,
    clientKey: true,
    createdClientKey: true,
    pepper: true,
    entry: true,
    filter: true,
    accounts: true,
    companyAccounts: true,
    clients: true,
    companies: true,
    projects: true,
    wholeLists: true,
    users: true,
    companyUsers: true,
    groups: true,
    identities: true,
    projectTokens: true,
    attention: true,
    client: true,
    createdClient: true,
    createsClient: true,
    patchesClient: true,
    movesClient: true,
    projectToken: true,
    createsToken: true,
    issuedToken: true,
    regenerates: true,
    regenerated: true,
    company: true,
    project: true,
    environment: true,
    createsPlace: true,
    patchesPlace: true,
    patchesCompany: true,
    createsCompanyAccount: true,
    patchesCompanyAccount: true,
    companyAccount: true,
    createdCompanyAccount: true,
    rolesUpdated: true,
    role: true,
    customRole: true,
    createsRole: true,
    patchesRole: true,
    permission: true,
    identity: true,
    user: true,
    patchesUser: true,
    issuer: true,
    createsIssuer: true,
    patchesIssuer: true,
    me: true,
    question: true,
    explained: true,
    holder: true,
    companyEntry: true,
    companyFilter: true,
    companyUser: true,
    invites: true,
    binds: true,
    group: true,
    createsGroup: true,
    patchesGroup: true,
    addsMembers: true,
    removesMembers: true,
    page: true,
  }
  const differences: Differences = { missing: false, wider: false, needed: false, within: false }
  expect(Object.values(matches)).not.toContain(false)
  expect(Object.values(differences)).not.toContain(true)
})
