import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, type JWK, SignJWT } from 'jose'

/** What a way to log in adds to a token request. */
export interface Authenticated {
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** A way to log in, made anew for each request. */
export type ClientAuthentication = (issuer: string) => Promise<Authenticated>

/** `client_secret_basic` (RFC 6749 §2.3.1). */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuthentication {
  const encoded = [clientId, clientSecret].map(encodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`
  return async () => ({ headers: { authorization } })
}

const assertionSeconds = 60
const algorithms: Readonly<Record<string, string>> = {
  rsa: 'RS256',
  ec: 'ES256',
  ed25519: 'EdDSA',
}

function algorithmOf(key: KeyObject): string {
  const alg = algorithms[key.asymmetricKeyType ?? '']
  if (alg === undefined) throw new TypeError('the private key must be RSA, EC (P-256) or Ed25519')
  return alg
}

/** What a client signs its assertions with. */
export interface ClientKeyPair {
  /** PEM text (PKCS#8, PKCS#1, SEC1) or a private JWK. */
  readonly privateKey: string | JWK
  /** The name of the key; absent: the JWK's, or its thumbprint (RFC 7638). */
  readonly kid?: string | undefined
}

/**
 * `private_key_jwt` (RFC 7523 §2.2, RFC 10070): signs a fresh assertion for every request, for the
 * issuer alone, good for a minute.
 */
export function privateKeyJwt(clientId: string, pair: ClientKeyPair): ClientAuthentication {
  const { privateKey } = pair
  const key =
    typeof privateKey === 'string'
      ? createPrivateKey(privateKey)
      : createPrivateKey({ key: { ...privateKey }, format: 'jwk' })
  const alg = algorithmOf(key)
  const named = pair.kid ?? (typeof privateKey === 'string' ? undefined : privateKey.kid)
  return async (issuer) => {
    const kid = named ?? (await calculateJwkThumbprint(createPublicKey(key)))
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg, kid, typ: 'client-authentication+jwt' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime(`${assertionSeconds} s`)
      .sign(key)
    return {
      form: {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    }
  }
}
