import type { KnownAccount } from '../accounts/account.ts'
import { Problem } from '../problem.ts'

/** A token is for no more than its account may have tokens for. Fails with `request.invalid`. */
export function assertAudiences(account: KnownAccount, audiences: readonly string[]): void {
  const other = audiences.find((audience) => !account.audiences.includes(audience))
  if (other === undefined) return
  throw new Problem('request.invalid', { rule: 'audience_is_of_the_account', audience: other })
}

/** The audiences of a token that its account still may have tokens for. */
export function audiencesLeft(
  account: KnownAccount,
  audiences: readonly string[],
): readonly string[] {
  return audiences.filter((audience) => account.audiences.includes(audience))
}
