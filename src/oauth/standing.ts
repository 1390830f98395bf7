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
  const { account: former, proof: formerProof, presented } = attempt
  const account = lookups.account(former.clientId)
  const no = (reason: Why['reason'], detail: string): Standing => {
    return { stands: false, why: { reason, detail, account } }
  }
  const unproven = presented.method === 'private_key_jwt' ? 'bad_assertion' : 'wrong_secret'
  if (!account?.live) return no('unknown_client', 'the account was deleted while it waited')
  if (!isActive(account)) return no('account_disabled', 'the account was disabled while it waited')
  if (account.generation > former.generation) {
    return no(unproven, 'the tokens were revoked while it waited')
  }
  const proof = proofNow(account, formerProof, lookups.now())
  if (!proof) return no(unproven, 'the credential was removed or ended while it waited')
  return { stands: true, account, proof }
}
