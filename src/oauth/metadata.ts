import { permissionNames } from '../domain/access/permissions.ts'
import { assertionAlgorithms } from './assertions.ts'
import { clientAuthMethods, paths } from './provider.ts'

/**
 * The metadata document (RFC 8414 §2, OpenID Connect Discovery §3). It names only what is served,
 * and depends on nothing of a request.
 */
export function metadata(issuer: string, isFapi: boolean, signingAlg: string) {
  const authentication = {
    auth_methods_supported: clientAuthMethods,
    auth_signing_alg_values_supported: assertionAlgorithms(isFapi),
  }
  const endpoint = (name: string) =>
    Object.fromEntries(
      Object.entries(authentication).map(([key, value]) => [`${name}_endpoint_${key}`, value]),
    )
  return {
    issuer,
    token_endpoint: `${issuer}${paths.token}`,
    ...endpoint('token'),
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlg],
    scopes_supported: permissionNames,
    introspection_endpoint: `${issuer}${paths.introspection}`,
    ...endpoint('introspection'),
    revocation_endpoint: `${issuer}${paths.revocation}`,
    ...endpoint('revocation'),
  }
}
