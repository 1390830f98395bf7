import type { Digest } from './secret.ts'
import type { Versioned } from './versioned.ts'

/** A key that names the calling application, not the caller. */
export interface ClientKey extends Versioned {
  readonly name: string
  readonly digest: Digest
  readonly active: boolean
  readonly createdAt: number
}
