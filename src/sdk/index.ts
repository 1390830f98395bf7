export type {
  AccessExplained,
  AccessGrant,
  AccessHolder,
  AccessQuestion,
  AccessTried,
  HoldersFilter,
} from './access.ts'
export type { Access } from './access-client.ts'
export { type AdminClient, adminClient } from './admin-client.ts'
export type { Page } from './answers.ts'
export type { Attention, AttentionRow, AttentionSection } from './attention.ts'
export type {
  AdminClientOptions,
  AdminLogin,
  Change,
  ChangeOptions,
  ReadOptions,
  Tagged,
} from './calls.ts'
export {
  type Authenticated,
  type ClientAuthentication,
  type ClientKeyPair,
  clientSecretBasic,
  privateKeyJwt,
} from './client-authentication.ts'
export type {
  Client,
  ClientPatch,
  ClientState,
  ClientsFilter,
  CreatedClient,
  NewClient,
} from './clients.ts'
export type { Clients } from './clients-client.ts'
export type { Clock } from './clock.ts'
export type {
  CompanyAccount,
  CompanyAccountPatch,
  CompanyAccountsFilter,
  CreatedCompanyAccount,
  EnvironmentRole,
  NewCompanyAccount,
  ProjectRole,
  Roles,
  RolesOnProject,
  RolesUpdated,
} from './company-accounts.ts'
export type { CompanyAuditEntry, CompanyAuditFilter } from './company-audit.ts'
export type { CompanyAccounts, CompanyClient } from './company-client.ts'
export type { Credentials } from './credentials-client.ts'
export type { Export, ExportFormat } from './exports.ts'
export { type FailureDetails, OstiaryError, type SdkCode, sdkCodes } from './failure.ts'
export type { IssuerOptions, StatusOptions } from './issuer-options.ts'
export type { IssuerPatch, NewIssuer, TrustedIssuer } from './issuers.ts'
export type { Issuers } from './issuers-client.ts'
export type {
  AccountsFilter,
  AddedCredential,
  AuditActor,
  AuditEntry,
  AuditFilter,
  ClientKey,
  ClientKeyPatch,
  CreatedAccount,
  CreatedClientKey,
  Credential,
  ListFilter,
  NewClientKey,
  NewCredential,
  NewServiceAccount,
  PepperStatus,
  PublicKeyInput,
  Rotated,
  Rotation,
  ServiceAccount,
  ServiceAccountPatch,
} from './management.ts'
export type {
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
export type { CompanyUsers, Groups } from './members-client.ts'
export { discover, type ServerMetadata } from './metadata.ts'
export {
  type ExpressRequest,
  type ExpressResponse,
  expressToken,
  type FastifyReply,
  type FastifyRequest,
  fastifyToken,
  type KoaContext,
  koaToken,
} from './middleware.ts'
export type { CursorOptions, PageOptions } from './paging.ts'
export type { IdentitiesFilter, Identity, Me, User, UserPatch, UsersFilter } from './people.ts'
export type { Users } from './people-client.ts'
export type {
  IssuedProjectToken,
  NewProjectToken,
  ProjectToken,
  ProjectTokenRegeneration,
  ProjectTokensFilter,
  RegeneratedProjectToken,
  WhichToken,
} from './project-tokens.ts'
export type { ProjectTokens } from './project-tokens-client.ts'
export {
  type Admission,
  type Guard,
  type RequireTokenOptions,
  requireToken,
  type TokenRefusal,
} from './require-token.ts'
export {
  type RevocationFeed,
  type RevocationFeedOptions,
  revocationFeed,
  type Told,
} from './revocation-feed.ts'
export type { RequiredRole, Requirement, RightsOptions } from './rights.ts'
export type { CustomRole, Level, NewRole, PermissionMeaning, Role, RolePatch } from './roles.ts'
export type { CompanyRoles } from './roles-client.ts'
export { type Introspection, type TokenChecks, tokenChecks } from './token-checks.ts'
export type { AccessTokenClaims, TokenKind } from './token-kinds.ts'
export {
  type AccessToken,
  type LoginOptions,
  type TokenSource,
  type TokenSourceOptions,
  tokenSource,
} from './token-source.ts'
export type { TransportOptions } from './transport.ts'
export type {
  CompaniesFilter,
  Company,
  CompanyPatch,
  Environment,
  NewPlace,
  PlacePatch,
  Project,
  ProjectsFilter,
} from './tree.ts'
export type { Companies, Environments, Projects } from './tree-client.ts'
export { type Verifier, type VerifierOptions, type VerifyOptions, verifier } from './verifier.ts'
export type { CallOptions } from './waiting.ts'
