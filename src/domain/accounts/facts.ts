import type { Facts } from '../audit/event.ts'
import type { Account } from './account.ts'

/** What the log says of an account: everything but digests and keys. */
export function accountFacts(account: Account): Facts {
  const { name, description, authMethod, state, permissions, audiences, jwksUri } = account
  const credentials = account.credentials.map(({ id, name: called, expiresAt }) => ({
    id,
    name: called,
    ...(expiresAt !== undefined && { expiresAt }),
  }))
  const where = jwksUri === undefined ? {} : { jwksUri }
  return { name, description, authMethod, state, permissions, audiences, credentials, ...where }
}
