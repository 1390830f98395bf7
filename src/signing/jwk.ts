import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { JwsAlgorithm } from './algorithms.ts'

/** A key as the JWKS shows it (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: JwsAlgorithm
  readonly use: 'sig'
  readonly n?: string
  readonly e?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
}

/** Something read from JSON whose members are not known yet. */
export type Members = Readonly<Record<string, unknown>>

/** Whether a value from JSON is an object, and no array. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// RFC 7638 §3.2: in this order, and without the members that a type of key does not have.
const publicMembers = ['crv', 'e', 'kty', 'n', 'x', 'y'] as const
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const
const kidLength = 32

function pick(jwk: Members, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = jwk[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}

/** The public half of a JWK, be it public or private. Throws on anything that is no key. */
export function publicKeyOf(jwk: Members): KeyObject {
  return createPublicKey({ key: pick(jwk, publicMembers), format: 'jwk' })
}

/** Throws when the JWK has no private half. */
export function privateKeyOf(jwk: Members): KeyObject {
  return createPrivateKey({
    key: pick(jwk, [...publicMembers, ...privateMembers]),
    format: 'jwk',
  })
}

function canonicalDigest(publicKey: KeyObject, encoding: 'hex' | 'base64url'): string {
  const canonical = pick({ ...publicKey.export({ format: 'jwk' }) }, publicMembers)
  return createHash('sha256').update(JSON.stringify(canonical)).digest(encoding)
}

/** The JWK thumbprint of a public key (RFC 7638 §3), in base64url. */
export function thumbprintOf(publicKey: KeyObject): string {
  return canonicalDigest(publicKey, 'base64url')
}

/** What names a key of ours: the first half of its thumbprint in hex, safe in file names. */
export function kidOf(publicKey: KeyObject): string {
  return canonicalDigest(publicKey, 'hex').slice(0, kidLength)
}

/** What names a key and says what it signs with. */
export interface NamedKey {
  readonly kid: string
  readonly alg: JwsAlgorithm
}

/** The public half of a key as the JWKS shows it. */
export function publicJwkOf(publicKey: KeyObject, { kid, alg }: NamedKey): PublicJwk {
  const { kty = '', ...rest } = pick({ ...publicKey.export({ format: 'jwk' }) }, publicMembers)
  return { kty, kid, alg, use: 'sig', ...rest }
}

/** Takes the private key itself: whatever this returns is to be wrapped in a Secret at once. */
export function privateJwkText(privateKey: KeyObject, { kid, alg }: NamedKey): string {
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' })
}
