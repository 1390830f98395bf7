import { maySee } from '../domain/access/permit.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { AccessClaims, Checked } from '../domain/tokens/access-token.ts'

/** RFC 7662 §2.2: what is not active is told apart by nothing. */
const inactive = { active: false } as const

/** The answer about a token (RFC 7662 §2.2), as far as this caller may know of it. */
export function introspection(checked: Checked, caller: KnownAccount) {
  if (!checked.ok || !maySee(caller, checked.account)) return inactive
  return { active: true, token_type: 'Bearer', ...checked.payload }
}

/** The token that a revocation request may end: the caller's own (RFC 7009 §2.1). */
export function revocable(checked: Checked, caller: KnownAccount): AccessClaims | undefined {
  return checked.ok && checked.claims.client_id === caller.clientId ? checked.claims : undefined
}
