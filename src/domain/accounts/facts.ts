import type { Facts } from '../audit/event.ts'
import type { Credential } from '../credentials/credential.ts'
import { thumbprint } from '../credentials/public-key.ts'
import type { Account } from './account.ts'

/** What tells one credential from all others; of a secret nothing but that there is one. */
function credentialFacts(credential: Credential): Facts {
  const { id, name, kind, expiresAt, supersededAt } = credential
  return {
    id,
    name,
    kind,
    ...(credential.kind === 'key' && {
      kid: credential.key.kid,
      thumbprint: thumbprint(credential.key),
    }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(supersededAt !== undefined && { supersededAt }),
  }
}

/** What the log says of an account: who can log in as it, and what it may do; no digests. */
export function accountFacts(account: Account): Facts {
  const { name, description, authMethod, state, permissions, bindings, audiences } = account
  const { jwksUri, metadata } = account
  const { defaultAudience, allowedCustomClaims } = account
  const credentials = account.credentials.map(credentialFacts)
  const where = {
    ...(jwksUri !== undefined && { jwksUri }),
    ...(defaultAudience !== undefined && { defaultAudience }),
    ...(allowedCustomClaims && { allowedCustomClaims }),
    ...(metadata && { metadata }),
  }
  const said = { name, description, authMethod, state, permissions, audiences, credentials }
  return { ...said, ...(bindings.length > 0 && { bindings }), ...where }
}
