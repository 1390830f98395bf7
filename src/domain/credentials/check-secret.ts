import { isActive, type KnownAccount } from '../accounts/account.ts'
import { type Digest, digestWith, isMistyped, type Pepper, sameDigest } from '../secret.ts'
import { isUsable, type KnownForeignSecret, type KnownSecret } from './credential.ts'
import type { RefusalReason } from './refusal-reasons.ts'

/** The credential that a secret is good for, or why it is for none. */
export type SecretVerdict =
  | { readonly ok: true; readonly credential: KnownSecret | KnownForeignSecret }
  | { readonly ok: false; readonly why: RefusalReason }

/** A digest that is never stored: for an unknown client the same work is done as for a known one. */
const nobody: Digest = { pepper: '', value: '' }

type AnySecret = KnownSecret | KnownForeignSecret

function secretsOf(account: KnownAccount | undefined): readonly AnySecret[] {
  return account?.credentials.filter((credential) => credential.kind !== 'key') ?? []
}

/** What a secret is compared with. */
export interface SecretCheck {
  readonly peppers: readonly Pepper[]
  readonly now: number
  /** The credential whose foreign digest was found to be of the secret: it takes too long for here. */
  readonly foreign?: KnownForeignSecret['id'] | undefined
}

/**
 * Compares a secret with those of an account. The work done does not tell whether the client is
 * known; a mistyped secret of ours is refused by its checksum, whoever sends it.
 */
export function checkSecret(
  account: KnownAccount | undefined,
  secret: string,
  { peppers, now, foreign }: SecretCheck,
): SecretVerdict {
  const digests = peppers.map((pepper) => digestWith(pepper, secret))
  const matches = (stored: Digest) =>
    digests.map((digest) => sameDigest(digest, stored)).includes(true)
  matches(nobody)
  const isGood = (credential: AnySecret) =>
    credential.kind === 'secret' ? matches(credential.digest) : credential.id === foreign
  const found = secretsOf(account).filter(isGood)[0]
  if (isMistyped('secret', secret)) return { ok: false, why: 'mistyped_secret' }
  if (!account?.live) return { ok: false, why: 'unknown_client' }
  if (!found) return { ok: false, why: 'wrong_secret' }
  if (!isActive(account)) return { ok: false, why: 'account_disabled' }
  if (!isUsable(found, now)) return { ok: false, why: 'expired_secret' }
  return { ok: true, credential: found }
}
