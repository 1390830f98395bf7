import type { KnownAccount } from '../domain/accounts/account.ts'
import type { Checked, StandingToken } from '../domain/tokens/kinds.ts'
import type { Lookups } from './options.ts'

/** RFC 7662 §2.2: what is not active is told apart by nothing. */
const inactive = { active: false } as const

/** The answer about a token (RFC 7662 §2.2), as far as this caller may know of it. */
export function introspection(
  checked: Checked,
  caller: KnownAccount,
  { mayLearnOf }: Pick<Lookups, 'mayLearnOf'>,
) {
  if (!checked.ok || !mayLearnOf(caller, checked.account)) return inactive
  return { active: true, token_type: 'Bearer', ...checked.payload }
}

/** The token that a revocation request may end: the caller's own (RFC 7009 §2.1). */
export function revocable(checked: Checked, caller: KnownAccount): StandingToken | undefined {
  return checked.ok && checked.account.clientId === caller.clientId ? checked : undefined
}
