export {
  type AdminClient,
  type AdminClientOptions,
  type AuditEntry,
  type AuditFilter,
  adminClient,
  type CreatedAccount,
  type Credential,
  type NewServiceAccount,
  type Page,
  type PageOptions,
  type Rotated,
  type ServiceAccount,
} from './admin-client.ts'
export {
  type Authenticated,
  type ClientAuthentication,
  type ClientKeyPair,
  clientSecretBasic,
  privateKeyJwt,
} from './client-authentication.ts'
export { type FailureDetails, OstiaryError } from './failure.ts'
export {
  type AccessToken,
  type TokenSource,
  type TokenSourceOptions,
  tokenSource,
} from './token-source.ts'
export { type AccessTokenClaims, type VerifierOptions, verifier } from './verifier.ts'
