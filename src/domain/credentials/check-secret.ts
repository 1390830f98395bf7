import { isActive, type KnownAccount } from '../accounts/account.ts'
import { type Digest, digestWith, isMistyped, type Pepper, sameDigest } from '../secret.ts'
import { isUsable, type KnownSecret } from './credential.ts'
import type { RefusalReason } from './refusal-reasons.ts'

/** The credential that a secret is good for, or why it is for none. */
export type SecretVerdict =
  | { readonly ok: true; readonly credential: KnownSecret }
  | { readonly ok: false; readonly why: RefusalReason }

/** A digest that is never stored: for an unknown client the same work is done as for a known one. */
const nobody: Digest = { pepper: '', value: '' }

function secretsOf(account: KnownAccount | undefined): readonly KnownSecret[] {
  return account?.credentials.filter((credential) => credential.kind === 'secret') ?? []
}

/**
 * Compares a secret with those of an account. The work done does not tell whether the client is
 * known; a mistyped secret of ours is refused by its checksum, whoever sends it.
 */
export function checkSecret(
  account: KnownAccount | undefined,
  secret: string,
  { peppers, now }: { readonly peppers: readonly Pepper[]; readonly now: number },
): SecretVerdict {
  const digests = peppers.map((pepper) => digestWith(pepper, secret))
  const matches = (stored: Digest) =>
    digests.map((digest) => sameDigest(digest, stored)).includes(true)
  matches(nobody)
  const found = secretsOf(account).filter((credential) => matches(credential.digest))[0]
  if (isMistyped('secret', secret)) return { ok: false, why: 'mistyped_secret' }
  if (!account?.live) return { ok: false, why: 'unknown_client' }
  if (!found) return { ok: false, why: 'wrong_secret' }
  if (!isActive(account)) return { ok: false, why: 'account_disabled' }
  if (!isUsable(found, now)) return { ok: false, why: 'expired_secret' }
  return { ok: true, credential: found }
}
