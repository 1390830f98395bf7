import { type Digest, digestShape } from './secret.ts'
import { flag, number, object, type Shape, text } from './shape.ts'
import { type Versioned, versionedMembers } from './versioned.ts'

/** A key that names the calling application, not the caller. */
export interface ClientKey extends Versioned {
  readonly name: string
  readonly digest: Digest
  readonly active: boolean
  readonly createdAt: number
}

/** What is stored of a client key. */
export const clientKeyShape: Shape<ClientKey> = object<ClientKey>({
  ...versionedMembers,
  name: text(),
  digest: digestShape,
  active: flag,
  createdAt: number,
})
