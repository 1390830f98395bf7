import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { type KeyFault, Problem } from '../problem.ts'
import { either, object, oneOf, optional, type Shape, text } from '../shape.ts'

/** An RSA key (RFC 7518 §6.3). */
interface RsaKey {
  readonly kty: 'RSA'
  readonly kid: string
  readonly alg?: string
  readonly n: string
  readonly e: string
}

/** A key on the curve P-256 (RFC 7518 §6.2). */
interface EllipticKey {
  readonly kty: 'EC'
  readonly kid: string
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/** A key on the curve Ed25519 (RFC 8037 §2). */
interface EdwardsKey {
  readonly kty: 'OKP'
  readonly kid: string
  readonly crv: 'Ed25519'
  readonly x: string
}

/** A public key that a client can log in with: a JWK (RFC 7517) without anything that we do not use. */
export type PublicKey = RsaKey | EllipticKey | EdwardsKey

const t = text()

/** What is stored of a public key. */
export const publicKeyShape: Shape<PublicKey> = either(
  object<RsaKey>({ kty: oneOf('RSA'), kid: t, alg: optional(t), n: t, e: t }),
  either(
    object<EllipticKey>({ kty: oneOf('EC'), kid: t, crv: oneOf('P-256'), x: t, y: t }),
    object<EdwardsKey>({ kty: oneOf('OKP'), kid: t, crv: oneOf('Ed25519'), x: t }),
  ),
)

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

function refuse(fault: KeyFault, cause?: unknown): never {
  throw new Problem('key.invalid', fault, cause)
}

function fromPem(pem: string): Jwk {
  if (pem.includes('PRIVATE')) refuse({ fault: 'private' })
  try {
    return { ...createPublicKey(pem).export({ format: 'jwk' }) }
  } catch (cause) {
    return refuse({ fault: 'unreadable' }, cause)
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
    return refuse({ fault: 'no_jwk' }, cause)
  }
}

/** `RSA256` is no registered algorithm, but a widely used client registers its key with it. */
function rsaAlgorithm(alg: unknown): { alg?: string } {
  if (alg === undefined || alg === '') return {}
  if (alg === 'RSA256' || alg === 'RS256') return { alg: 'RS256' }
  if (alg === 'PS256') return { alg }
  return refuse({ fault: 'algorithm', allowed: assertionAlgorithms.RSA })
}

function checkAlgorithm(kty: 'EC' | 'OKP', alg: unknown): void {
  const allowed: readonly string[] = assertionAlgorithms[kty]
  if (alg !== undefined && alg !== '' && !(typeof alg === 'string' && allowed.includes(alg))) {
    refuse({ fault: 'algorithm', allowed })
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
  return refuse({ fault: 'kid', mostCharacters: kidLength })
}

function rsa(key: KeyObject, jwk: Jwk): PublicKey {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < smallestModulusBits || bits > largestModulusBits) {
    refuse({ fault: 'modulus', bits, allowed: [smallestModulusBits, largestModulusBits] })
  }
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n
  // With the exponent 1 every text is its own signature.
  if (exponent < 3n || exponent % 2n === 0n) refuse({ fault: 'exponent' })
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  const kid = keyId(jwk) ?? thumbprint('RSA', { kty: 'RSA', n, e })
  return { kty: 'RSA', kid, ...rsaAlgorithm(jwk['alg']), n, e }
}

function elliptic(key: KeyObject, jwk: Jwk): PublicKey {
  checkAlgorithm('EC', jwk['alg'])
  const { crv, x = '', y = '' } = key.export({ format: 'jwk' })
  if (crv !== 'P-256') refuse({ fault: 'curve', allowed: ['P-256'] })
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
  if (crv !== 'Ed25519') refuse({ fault: 'curve', allowed: ['Ed25519'] })
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
  if (use !== undefined && use !== 'sig') refuse({ fault: 'use' })
  if (operations === undefined) return
  const isForVerifying = Array.isArray(operations) && operations.includes('verify')
  if (!isForVerifying) refuse({ fault: 'operations' })
}

/**
 * Reads a client's public key: a JWK (RFC 7517) or PEM text. Keeps a given `kid`, else names the
 * key by its thumbprint. Fails with `key.invalid`; nothing of a private key is ever kept.
 */
export function readPublicKey(input: string | Jwk): PublicKey {
  const jwk = typeof input === 'string' ? fromPem(input) : input
  const secret = privateMembers.find((name) => jwk[name] !== undefined)
  if (secret) refuse({ fault: 'private_member', member: secret })
  checkUse(jwk)
  const key = importJwk(jwk)
  const read = readers[key.asymmetricKeyType ?? '']
  if (!read) refuse({ fault: 'type' })
  return read(key, jwk)
}
