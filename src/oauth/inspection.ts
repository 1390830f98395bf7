import type { Account } from '../domain/account.ts'
import type { AccessClaims, Checked } from '../http/access-tokens.ts'

/** RFC 7662 §2.2: what is not active is told apart by nothing. */
const inactive = { active: false } as const

/** Whether an account may learn of, or end, a token: those of its own owner (RFC 7662 §4). */
function maySee(caller: Account, holder: Account): boolean {
  return caller.owner === 'root' || caller.owner === holder.owner
}

export function introspection(checked: Checked, caller: Account) {
  if (!checked.ok || !maySee(caller, checked.account)) return inactive
  return { active: true, token_type: 'Bearer', ...checked.payload }
}

/** The token that a revocation request may end: the caller's own (RFC 7009 §2.1). */
export function revocable(checked: Checked, caller: Account): AccessClaims | undefined {
  return checked.ok && checked.claims.client_id === caller.clientId ? checked.claims : undefined
}
