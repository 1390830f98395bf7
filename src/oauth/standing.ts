import { isActive, type KnownAccount } from '../domain/accounts/account.ts'
import { isUsable } from '../domain/credentials/credential.ts'
import type { Granted, Proof, Proven, Why } from './attempt.ts'
import type { Lookups } from './options.ts'

/** A login after it has waited: still good, by what is known now; or why it is not. */
export type Standing =
  | { readonly stands: true; readonly account: KnownAccount; readonly proof: Proof }
  | { readonly stands: false; readonly why: Why }

function proofNow(account: KnownAccount, proof: Proof, now: number): Proof | undefined {
  if (proof.by === 'key_set') return account.jwksUri === proof.uri ? proof : undefined
  const credential = account.credentials.find(({ id }) => id === proof.credential.id)
  return credential && isUsable(credential, now) ? { by: 'credential', credential } : undefined
}

/**
 * Reads the account again, after the last wait of a login and before its token is signed: what was
 * taken away meanwhile is not issued. A login that tokens were revoked during counts as before it.
 */
export function standingOf(attempt: Proven | Granted, lookups: Lookups): Standing {
  const { account: former, proof: formerProof } = attempt
  const account = lookups.account(former.clientId)
  const no = (reason: Why['reason']): Standing => {
    return { stands: false, why: { reason, detail: '', account } }
  }
  if (!account?.live) return no('deleted_meanwhile')
  if (!isActive(account)) return no('disabled_meanwhile')
  if (account.generation > former.generation) return no('revoked_meanwhile')
  const proof = proofNow(account, formerProof, lookups.now())
  if (!proof) return no('credential_gone_meanwhile')
  return { stands: true, account, proof }
}
