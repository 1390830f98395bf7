import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { Problem } from '../problem.ts'

export type PublicKey =
  | {
      readonly kty: 'RSA'
      readonly kid: string
      readonly alg?: string
      readonly n: string
      readonly e: string
    }
  | {
      readonly kty: 'EC'
      readonly kid: string
      readonly crv: 'P-256'
      readonly x: string
      readonly y: string
    }
  | {
      readonly kty: 'OKP'
      readonly kid: string
      readonly crv: 'Ed25519'
      readonly x: string
    }

/** Signature algorithms of client assertions, by type of key (RFC 7518, RFC 8037, RFC 9864). */
const assertionAlgorithms = {
  RSA: ['RS256', 'PS256'],
  EC: ['ES256'],
  OKP: ['EdDSA', 'Ed25519'],
} as const

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const
const smallestModulusBits = 2048
const largestModulusBits = 8192
const kidLength = 256

type Jwk = Readonly<Record<string, unknown>>

function refuse(message: string, cause?: unknown): never {
  throw new Problem('key.invalid', message, { field: 'publicKey', cause })
}

function fromPem(pem: string): Jwk {
  if (pem.includes('PRIVATE')) refuse('publicKey is a private key: send only the public half')
  try {
    return { ...createPublicKey(pem).export({ format: 'jwk' }) }
  } catch (cause) {
    return refuse('publicKey must be a JWK or a PEM public key (BEGIN PUBLIC KEY)', cause)
  }
}

function importJwk(jwk: Jwk): KeyObject {
  const { kty, crv, n, e, x, y } = jwk
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const key: JsonWebKey = {
    kty: text(kty),
    crv: text(crv),
    n: text(n),
    e: text(e),
    x: text(x),
    y: text(y),
  }
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch (cause) {
    return refuse('publicKey is not a valid JWK of type RSA, EC (P-256) or OKP (Ed25519)', cause)
  }
}

/** `RSA256` is no registered algorithm, but a widely used client registers its key with it. */
function rsaAlgorithm(alg: unknown): { alg?: string } {
  if (alg === undefined || alg === '') return {}
  if (alg === 'RSA256' || alg === 'RS256') return { alg: 'RS256' }
  if (alg === 'PS256') return { alg }
  return refuse('publicKey.alg must be RS256 or PS256 for an RSA key')
}

function checkAlgorithm(kty: 'EC' | 'OKP', alg: unknown): void {
  const allowed: readonly string[] = assertionAlgorithms[kty]
  if (alg !== undefined && alg !== '' && !(typeof alg === 'string' && allowed.includes(alg))) {
    refuse(`publicKey.alg must be ${allowed.join(' or ')} for this type of key`)
  }
}

const members = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
} as const

/** The JWK thumbprint of a public key (RFC 7638): what names a key that came without a name. */
function thumbprint(kty: keyof typeof members, jwk: Readonly<Record<string, unknown>>): string {
  const canonical = Object.fromEntries(members[kty].map((name) => [name, jwk[name]]))
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url')
}

function keyId(jwk: Jwk): string | undefined {
  const { kid } = jwk
  if (kid === undefined || kid === '') return undefined
  if (typeof kid === 'string' && kid.length <= kidLength) return kid
  return refuse(`publicKey.kid must be a text of at most ${kidLength} characters`)
}

function rsa(key: KeyObject, jwk: Jwk): PublicKey {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < smallestModulusBits || bits > largestModulusBits) {
    refuse(
      `publicKey must have ${smallestModulusBits} to ${largestModulusBits} bits; this has ${bits}`,
    )
  }
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n
  // With the exponent 1 every text is its own signature.
  if (exponent < 3n || exponent % 2n === 0n) refuse('publicKey.e must be odd and 3 or more')
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const kid = keyId(jwk) ?? thumbprint('RSA', { kty: 'RSA', n, e })
  return { kty: 'RSA', kid, ...rsaAlgorithm(jwk['alg']), n, e }
}

function elliptic(key: KeyObject, jwk: Jwk): PublicKey {
  checkAlgorithm('EC', jwk['alg'])
  const { crv, x = '', y = '' } = key.export({ format: 'jwk' })
  if (crv !== 'P-256') refuse('publicKey.crv must be P-256')
  return {
    kty: 'EC',
    kid: keyId(jwk) ?? thumbprint('EC', { kty: 'EC', crv, x, y }),
    crv: 'P-256',
    x,
    y,
  }
}

function edwards(key: KeyObject, jwk: Jwk): PublicKey {
  checkAlgorithm('OKP', jwk['alg'])
  const { crv, x = '' } = key.export({ format: 'jwk' })
  if (crv !== 'Ed25519') refuse('publicKey.crv must be Ed25519')
  return {
    kty: 'OKP',
    kid: keyId(jwk) ?? thumbprint('OKP', { kty: 'OKP', crv, x }),
    crv: 'Ed25519',
    x,
  }
}

const readers: Readonly<Record<string, (key: KeyObject, jwk: Jwk) => PublicKey>> = {
  rsa,
  ec: elliptic,
  ed25519: edwards,
}

/** RFC 7517 §4.2 and §4.3. */
function checkUse({ use, key_ops: operations }: Jwk): void {
  if (use !== undefined && use !== 'sig') refuse('publicKey.use must be sig')
  if (operations === undefined) return
  const isForVerifying = Array.isArray(operations) && operations.includes('verify')
  if (!isForVerifying) refuse('publicKey.key_ops must include verify')
}

/**
 * Reads a client's public key: a JWK (RFC 7517) or PEM text. Keeps a given `kid`, else names the
 * key by its thumbprint. Fails with `key.invalid`; nothing of a private key is ever kept.
 */
export function readPublicKey(input: string | Jwk): PublicKey {
  const jwk = typeof input === 'string' ? fromPem(input) : input
  const secret = privateMembers.find((name) => jwk[name] !== undefined)
  if (secret) refuse(`publicKey.${secret} belongs to a private key: send only the public half`)
  checkUse(jwk)
  const key = importJwk(jwk)
  const read = readers[key.asymmetricKeyType ?? '']
  if (!read) refuse('publicKey must be of type RSA, EC (P-256) or OKP (Ed25519)')
  return read(key, jwk)
}
