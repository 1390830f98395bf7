export {
  type AdminClient,
  type AdminClientOptions,
  adminClient,
  type CursorOptions,
  type Page,
  type PageOptions,
} from './admin-client.ts'
export {
  type Authenticated,
  type ClientAuthentication,
  type ClientKeyPair,
  clientSecretBasic,
  privateKeyJwt,
} from './client-authentication.ts'
export { type FailureDetails, OstiaryError } from './failure.ts'
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
  NewClientKey,
  NewCredential,
  NewServiceAccount,
  PublicKeyInput,
  Rotated,
  Rotation,
  ServiceAccount,
  ServiceAccountPatch,
} from './management.ts'
export {
  type AccessToken,
  type TokenSource,
  type TokenSourceOptions,
  tokenSource,
} from './token-source.ts'
export { type AccessTokenClaims, type VerifierOptions, verifier } from './verifier.ts'
