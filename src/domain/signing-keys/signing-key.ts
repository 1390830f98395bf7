import { fingerprint } from '../secret.ts'
import { number, object, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** What the store knows of one of our signing keys. */
export interface SigningKey extends Versioned {
  readonly kid: string
  /** JWS algorithm (RFC 7518 §3.1). */
  readonly alg: string
  /** Of the public key (RFC 7638). */
  readonly thumbprint: string
  readonly createdAt: number
  /** Milliseconds: when it begins to sign, and the one before it retires. */
  readonly signsFrom: number
  /** Where the store keeps the keys: the text of a key file whose private half is encrypted. */
  readonly file?: string
  /** Where the store keeps the keys: which one was the last when this one was made; '' for none. */
  readonly after?: string
}

/** What is stored of a signing key. */
export const signingKeyShape: Shape<SigningKey> = object<SigningKey>({
  ...versionedMembers,
  kid: text(),
  alg: text(),
  thumbprint: text(),
  createdAt: number,
  signsFrom: number,
  file: optional(text()),
  after: optional(text()),
})

/** Whichever process sees a key first records it: there is one record of each. */
export function signingKeyId(kid: string): string {
  return `skid_${fingerprint('signing key', kid).slice(0, 29)}`
}
