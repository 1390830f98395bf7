import type { Permission } from './permissions.ts'
import type { Place } from './places.ts'

/** The most that a token lets its bearer do. */
export interface Ceiling {
  readonly permissions: readonly Permission[]
  /** Where they are meant: a right on a place above does not reach beyond it. */
  readonly on: Place
  /** Whether it bounds everything, or only what is held in the whole installation. */
  readonly bounds: 'everything' | 'root'
}
