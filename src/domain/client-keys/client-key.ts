import { type Digest, digestShape } from '../secret.ts'
import { flag, number, object, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** A key that names the calling application, not the caller. Times are milliseconds. */
export interface ClientKey extends Versioned {
  readonly name: string
  readonly digest: Digest
  readonly active: boolean
  readonly createdAt: number
  /** The client id of who made it, or a word for the system; the first release did not note it. */
  readonly createdBy?: string
  /** From that moment on it is refused. */
  readonly expiresAt?: number
}

/** What is stored of a client key. */
export const clientKeyShape: Shape<ClientKey> = object<ClientKey>({
  ...versionedMembers,
  name: text(),
  digest: digestShape,
  active: flag,
  createdAt: number,
  createdBy: optional(text()),
  expiresAt: optional(number),
})

/** Whether a client key names an application at this moment (ms). */
export function namesApplication(
  { live, active, expiresAt }: Pick<ClientKey, 'live' | 'active' | 'expiresAt'>,
  now: number,
): boolean {
  return live && active && (expiresAt === undefined || now < expiresAt)
}
