import type { KnownAccount } from '../domain/accounts/account.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'

/** A public key as the core wants it. An OKP key goes by two names (RFC 9864), so it has no alg. */
function jwk(key: PublicKey) {
  return { ...key, use: 'sig' }
}

/**
 * The client metadata (RFC 7591) that the core sees of an account: never a secret, and never where
 * keys are published, which the core would fetch by itself.
 */
export function clientMetadata(account: KnownAccount, keys: readonly PublicKey[]) {
  const common = {
    client_id: account.clientId,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: account.authMethod,
  }
  return account.authMethod === 'private_key_jwt'
    ? { ...common, jwks: { keys: keys.map(jwk) } }
    : { ...common, client_secret: 'compared by digest' }
}

/** Milliseconds at which the first of an account's keys ends; until then its metadata stays true. */
export function nextExpiry(account: KnownAccount, now: number): number {
  const ends = account.credentials
    .map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY)
    .filter((end) => end > now)
  return Math.min(Number.POSITIVE_INFINITY, ...ends)
}
