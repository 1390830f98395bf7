import type { Permission } from './permissions.ts'
import type { Place } from './places.ts'

/** No more than these permissions: of all that is held, or of what is held in the whole installation. */
export interface NamedCeiling {
  readonly bounds: 'everything' | 'root'
  readonly permissions: readonly Permission[]
  /** Where they are meant: a right on a place above does not reach beyond it. */
  readonly on: Place
}

/** Whatever is held there and below it, and nothing elsewhere. */
interface PlaceCeiling {
  readonly bounds: 'place'
  /** Undefined: there is no such place. */
  readonly on: Place | undefined
}

/** The most that a token lets its bearer do. */
export type Ceiling = NamedCeiling | PlaceCeiling
