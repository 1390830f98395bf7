import type { Id } from '../ids.ts'
import { type Digest, digestShape } from '../secret.ts'
import { either, number, object, oneOf, optional, type Shape, text, textOf } from '../shape.ts'
import { bcryptForm } from './foreign-secret.ts'
import { type PublicKey, publicKeyShape } from './public-key.ts'

interface CredentialBase {
  readonly id: Id<'credential'>
  readonly name: string
  readonly createdAt: number
  /** The client id of who made it, or a word for the system. */
  readonly createdBy: string
  /** Milliseconds; from that moment on it is refused. */
  readonly expiresAt?: number
  /** Milliseconds: when a rotation put a newer secret in its place. */
  readonly supersededAt?: number
}

/** A secret, of which only a digest is kept. */
export interface SecretCredential extends CredentialBase {
  readonly kind: 'secret'
  readonly digest: Digest
}

/** A secret of which another server kept a digest, until its first good login here. */
export interface ForeignSecretCredential extends CredentialBase {
  readonly kind: 'foreign_secret'
  /** Such as `$2b$10$…`. */
  readonly bcrypt: string
}

/** A public key whose private half the client has. */
export interface KeyCredential extends CredentialBase {
  readonly kind: 'key'
  readonly key: PublicKey
}

/** What an account logs in with. */
export type Credential = SecretCredential | ForeignSecretCredential | KeyCredential

type Dates = 'id' | 'expiresAt' | 'supersededAt'

/** What a login, or a list, needs to know of a secret. */
export type KnownSecret = Pick<SecretCredential, 'kind' | 'digest' | Dates>

/** What a login needs to know of a secret that another server digested. */
export type KnownForeignSecret = Pick<ForeignSecretCredential, 'kind' | 'bcrypt' | Dates>

/** What a login needs to know of a key. */
export type KnownKey = Pick<KeyCredential, 'kind' | 'key' | Dates>

/** What a login needs to know of a credential. */
export type KnownCredential = KnownSecret | KnownForeignSecret | KnownKey

const baseMembers = {
  id: text<Id<'credential'>>(),
  name: text(),
  createdAt: number,
  createdBy: text(),
  expiresAt: optional(number),
  supersededAt: optional(number),
}

/** What is stored of a credential. */
export const credentialShape: Shape<Credential> = either(
  object<SecretCredential>({ ...baseMembers, kind: oneOf('secret'), digest: digestShape }),
  either(
    object<ForeignSecretCredential>({
      ...baseMembers,
      kind: oneOf('foreign_secret'),
      bcrypt: textOf(bcryptForm),
    }),
    object<KeyCredential>({ ...baseMembers, kind: oneOf('key'), key: publicKeyShape }),
  ),
)

/** Whether a credential is still good at this moment (ms). */
export function isUsable(credential: Pick<Credential, 'expiresAt'>, now: number): boolean {
  return credential.expiresAt === undefined || now < credential.expiresAt
}
