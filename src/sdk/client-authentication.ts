import { failure } from './failure.ts'
import { invalidKey, type PrivateKey, readPrivateKey } from './private-key.ts'
import { fromFile, textOf } from './words.ts'

/** What a way to log in adds to a token request. */
export interface Authenticated {
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** A way to log in, made anew for each request; the server may say which algorithms it takes. */
export type ClientAuthentication = (
  issuer: string,
  supportedAlgorithms?: readonly string[],
) => Promise<Authenticated>

/** A text as it was meant. What is none came from JavaScript, where nothing checks types. */
function given(text: unknown, what: string): string {
  const meant = fromFile(textOf(text) ?? '')
  if (meant !== '') return meant
  const message = `${what} is no text, or an empty one: is the variable set that it comes from?`
  throw failure('invalid_credential', message)
}

/**
 * `client_secret_basic` (RFC 6749 §2.3.1). A BOM and line breaks around the secret are left out.
 * Fails with `invalid_credential` when one of them is missing.
 */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuthentication {
  const parts = [given(clientId, 'the client id'), given(clientSecret, 'the client secret')]
  const encoded = parts.map(encodeURIComponent)
  const authorization = `Basic ${btoa(encoded.join(':'))}`
  return async () => ({ headers: { authorization } })
}

const assertionSeconds = 60

/** What a client signs its assertions with. */
export interface ClientKeyPair {
  /** PEM text (PKCS#8, PKCS#1, SEC1), or a private JWK as text or object. */
  readonly privateKey: string | object
  /** The name of the key; absent: the JWK's, or its thumbprint (RFC 7638). */
  readonly kid?: string | undefined
  /** The algorithm; absent: the JWK's `alg`, or one that the key and the server both know. */
  readonly alg?: string | undefined
}

function chosen(
  { algorithms }: PrivateKey,
  wanted: string | undefined,
  supported: readonly string[] = algorithms,
): string {
  const [usual = ''] = algorithms
  if (wanted === undefined) return algorithms.find((alg) => supported.includes(alg)) ?? usual
  if (algorithms.includes(wanted)) return wanted
  throw invalidKey(`it signs by ${algorithms.join(' or ')}, and its alg is another`)
}

/** The members that make up a key: what else stands in it (use, key_ops, x5c) says nothing here. */
const essential = ['kty', 'crv', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y']

// Loaded when first needed: `require` of this package works where that of an ES module does not.
const jose = () => import('jose')

async function imported({ material }: PrivateKey, alg: string) {
  const { exportJWK, importJWK, importPKCS8, calculateJwkThumbprint } = await jose()
  const options = { extractable: true }
  try {
    if ('pkcs8' in material) {
      const key = await importPKCS8(material.pkcs8, alg, options)
      return { key, thumbprint: await calculateJwkThumbprint(await exportJWK(key)) }
    }
    const members = essential.flatMap((name) => {
      const value = textOf(material.jwk[name])
      return value === undefined ? [] : [[name, value] as const]
    })
    const jwk = Object.fromEntries(members)
    return {
      key: await importJWK(jwk, alg, options),
      thumbprint: await calculateJwkThumbprint(jwk),
    }
  } catch {
    throw invalidKey('it is damaged')
  }
}

/**
 * `private_key_jwt` (RFC 7523 §2.2, RFC 10070): signs a fresh assertion for every request, for the
 * issuer alone, good for a minute. Fails with `invalid_credential`, here or when it is first used.
 */
export function privateKeyJwt(clientId: string, pair: ClientKeyPair): ClientAuthentication {
  const id = given(clientId, 'the client id')
  const privateKey = readPrivateKey(pair.privateKey)
  const { material } = privateKey
  const jwk = 'jwk' in material ? material.jwk : {}
  const wanted = pair.alg ?? textOf(jwk['alg'])
  chosen(privateKey, wanted)
  const named = pair.kid ?? textOf(jwk['kid'])
  return async (issuer, supportedAlgorithms) => {
    const { SignJWT } = await jose()
    const alg = chosen(privateKey, wanted, supportedAlgorithms)
    const { key, thumbprint } = await imported(privateKey, alg)
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, kid: named ?? thumbprint, typ: 'client-authentication+jwt' })
      .setIssuer(id)
      .setSubject(id)
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
