import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { isSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { either, object, oneOf, optional, type Shape, text } from '../shape.ts'
import { boundsFault } from './key-bounds.ts'
import type { KeyFault } from './key-fault.ts'
import { jwkFromPem } from './pem.ts'

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

type Jwk = Readonly<Record<string, unknown>>
type KeyType = PublicKey['kty']

/** What belongs to a key of each type (RFC 7518 §6, RFC 8037 §2), and what it may sign with. */
const kinds = {
  RSA: { numbers: ['n', 'e'], curve: undefined, algorithms: ['RS256', 'PS256'] },
  EC: { numbers: ['x', 'y'], curve: 'P-256', algorithms: ['ES256'] },
  OKP: { numbers: ['x'], curve: 'Ed25519', algorithms: ['EdDSA', 'Ed25519'] },
} as const

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const
const kidLength = 256

function refuse(fault: KeyFault, cause?: unknown): never {
  throw new Problem('key.invalid', fault, cause)
}

/** RFC 7517 §4.2 and §4.3. */
function checkUse({ use, key_ops: operations }: Jwk): void {
  if (use !== undefined && use !== 'sig') refuse({ fault: 'use' })
  if (operations === undefined) return
  const isForVerifying = Array.isArray(operations) && operations.includes('verify')
  if (!isForVerifying) refuse({ fault: 'operations' })
}

function typeOf(jwk: Jwk): KeyType {
  const { kty } = jwk
  if (kty === 'RSA' || kty === 'EC' || kty === 'OKP') return kty
  if (kty === undefined && Array.isArray(jwk['keys'])) return refuse({ fault: 'key_set' })
  return refuse({ fault: 'type' })
}

/** Every member that makes the key is there, as a text: JSON has numbers, JWK has none (§2). */
function checkNumbers(kty: KeyType, jwk: Jwk): void {
  const { numbers, curve } = kinds[kty]
  if (curve !== undefined && jwk['crv'] !== curve) refuse({ fault: 'curve', allowed: [curve] })
  const member = numbers.find((name) => typeof jwk[name] !== 'string' || jwk[name] === '')
  if (member === undefined) return
  const isAlone = jwk['x5c'] !== undefined && numbers.every((name) => jwk[name] === undefined)
  refuse(isAlone ? { fault: 'certificates_alone' } : { fault: 'member', member })
}

/** `RSA256` is no registered algorithm, but a widely used client registers its key with it. */
function algorithmOf(kty: KeyType, alg: unknown): string | undefined {
  if (alg === undefined || alg === '') return undefined
  if (kty === 'RSA' && alg === 'RSA256') return 'RS256'
  const allowed: readonly string[] = kinds[kty].algorithms
  return allowed.find((name) => name === alg) ?? refuse({ fault: 'algorithm', allowed })
}

function importJwk(kty: KeyType, jwk: Jwk): KeyObject {
  const names = ['crv', ...kinds[kty].numbers]
  const key: JsonWebKey = {
    kty,
    ...Object.fromEntries(names.map((name) => [name, jwk[name]])),
  }
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch (cause) {
    return refuse({ fault: 'no_jwk' }, cause)
  }
}

/** The JWK thumbprint of a public key (RFC 7638): what names a key that came without a name. */
export function thumbprint({ kid: _kid, alg: _alg, ...members }: Numbered): string {
  const canonical = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url')
}

function keyId(jwk: Jwk): string | undefined {
  const { kid } = jwk
  if (kid === undefined || kid === '') return undefined
  if (typeof kid === 'string' && kid.length <= kidLength && isSeen(kid)) return kid
  return refuse({ fault: 'kid', mostCharacters: kidLength })
}

type Numbered = PublicKey & { readonly alg?: string }

/** The key as it is written by nobody but us: no other spelling of its numbers, nothing besides. */
function written(kty: KeyType, key: KeyObject, alg: string | undefined): Numbered {
  const { n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' })
  switch (kty) {
    case 'RSA':
      return { kty, kid: '', ...(alg !== undefined && { alg }), n, e }
    case 'EC':
      return { kty, kid: '', crv: 'P-256', x, y }
    case 'OKP':
      return { kty, kid: '', crv: 'Ed25519', x }
  }
}

/** Many libraries write what a key has not as `null`. */
const withoutNulls = (jwk: Jwk): Jwk =>
  Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null))

/**
 * Reads a client's public key: a JWK (RFC 7517) or PEM text. Keeps a given `kid`, else names the
 * key by its thumbprint. Fails with `key.invalid`; nothing of a private key is ever kept. Whatever
 * logs somebody in was read here, whether it was registered or published.
 */
export function readPublicKey(input: string | Jwk): PublicKey {
  const given = typeof input === 'string' ? jwkFromPem(input) : input
  const secret = privateMembers.find((name) => given[name] !== undefined)
  if (secret) refuse({ fault: 'private_member', member: secret })
  const jwk = withoutNulls(given)
  checkUse(jwk)
  const kty = typeOf(jwk)
  checkNumbers(kty, jwk)
  const alg = algorithmOf(kty, jwk['alg'])
  const key = written(kty, importJwk(kty, jwk), alg)
  const fault = boundsFault(key)
  if (fault) refuse(fault)
  return { ...key, kid: keyId(jwk) ?? thumbprint(key) }
}
