import { createHash, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { object, type Shape, text } from './shape.ts'

/** A value that cannot print: whatever logs, serialises or inspects it sees `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toJSON(): string {
    return '[secret]'
  }

  toString(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}

/** A key for digests that lives outside the store; `id` is stored beside each digest made with it. */
export interface Pepper {
  readonly id: string
  readonly key: Secret
}

/** What is kept of a secret: HMAC-SHA-256 in base64url, and the name of the pepper it was made with. */
export interface Digest {
  readonly pepper: string
  readonly value: string
}

/** What is stored of a digest. */
export const digestShape: Shape<Digest> = object<Digest>({ pepper: text(), value: text() })

const prefixes = { secret: 'ost_sk_', clientKey: 'ost_ck_' } as const
const bodyLength = 43
const checksumLength = 6

function checksum(body: string): string {
  return hash('sha256', body, 'base64url').slice(0, checksumLength)
}

/**
 * Makes a secret: `ost_sk_<43 characters>_<6 characters of checksum>`, 256 random bits, unreserved
 * characters only, so that raw and percent-encoded HTTP Basic credentials are the same text.
 */
export function newSecret(kind: keyof typeof prefixes): Secret {
  const body = `${prefixes[kind]}${randomBytes(32).toString('base64url')}`
  return new Secret(`${body}_${checksum(body)}`)
}

/** Whether a text claims to be one of our secrets. */
export function isMarked(kind: keyof typeof prefixes, text: string): boolean {
  return text.startsWith(prefixes[kind])
}

/** Whether a text that claims to be one of our secrets is mistyped: refused before any look-up. */
export function isMistyped(kind: keyof typeof prefixes, text: string): boolean {
  const start = prefixes[kind]
  if (!isMarked(kind, text)) return false
  const body = text.slice(0, start.length + bodyLength)
  return text !== `${body}_${checksum(body)}`
}

/** A new key for digests: 256 random bits. */
export function newPepperKey(): Secret {
  return new Secret(randomBytes(32).toString('base64url'))
}

/** A pepper is named by a digest of its key, so that the name tells nothing and needs no setting. */
export function pepperOf(key: Secret): Pepper {
  const id = createHash('sha256').update(`ostiary pepper\0${key.reveal()}`).digest('base64url')
  return { id: id.slice(0, 12), key }
}

/** HMAC-SHA-256 of a full-entropy secret: a slow hash would add cost and no safety. */
export function digestWith(pepper: Pepper, secret: string): Digest {
  const value = createHmac('sha256', pepper.key.reveal()).update(secret).digest('base64url')
  return { pepper: pepper.id, value }
}

/** Whether two digests are of one secret, in a time that does not tell how alike they are. */
export function sameDigest(one: Digest, other: Digest): boolean {
  const [a, b] = [Buffer.from(one.value), Buffer.from(other.value)]
  return one.pepper === other.pepper && a.length === b.length && timingSafeEqual(a, b)
}

/** SHA-256 of several parts, each ended by a NUL, so that no two lists of parts run together. */
export function fingerprint(...parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part}\0`).join(''), 'base64url')
}
