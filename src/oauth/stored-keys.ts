import type { Account } from '../domain/accounts/account.ts'
import { isUsable, type KeyCredential } from '../domain/credentials/credential.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { type AssertionAlgorithm, assertionAlgorithm } from './assertions.ts'

/** The type of key that each algorithm is verified by. */
const keyTypes = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
  EdDSA: 'OKP',
  Ed25519: 'OKP',
} as const satisfies Record<AssertionAlgorithm, PublicKey['kty']>

/** What a JWS header says of the key and the algorithm. */
export interface Named {
  readonly alg: unknown
  readonly kid: unknown
}

function fits(key: PublicKey, { alg, kid }: Named): boolean {
  const known = assertionAlgorithm(alg)
  if (known === undefined || keyTypes[known] !== key.kty) return false
  // An elliptic key has one algorithm; an RSA key may be bound to one of two.
  if (key.kty === 'RSA' && key.alg !== undefined && key.alg !== alg) return false
  return typeof kid !== 'string' || kid === key.kid
}

/** The usable keys of an account that may have signed this, as the core selects them. */
export function fittingKeys(account: Account, named: Named, now: number): readonly KeyCredential[] {
  return account.credentials
    .filter((credential) => credential.kind === 'key')
    .filter((credential) => isUsable(credential, now) && fits(credential.key, named))
}
