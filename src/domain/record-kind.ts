import type { Facts, TargetRef } from './audit/event.ts'
import type { Owner } from './owner.ts'
import type { Shape } from './shape.ts'
import type { Versioned } from './versioned.ts'

type Members = Readonly<Record<string, unknown>>

/** All that the stores, the log and the directory must know of one kind of record. */
export interface RecordKind<R extends Versioned> {
  /** Of its ids. */
  readonly prefix: string
  readonly shape: Shape<R>
  /** How each former shape becomes the next: the first turns shape 1 into shape 2. */
  readonly upgrades: readonly ((former: Members) => Members)[]
  /** Values that no two records of the kind share, each by its name; undefined: it has none now. */
  readonly unique: Readonly<Record<string, (record: R) => string | undefined>>
  /** Whom it belongs to: the scope in which it is listed. */
  readonly scope: (record: R) => Owner
  /** Places whose companies a change of it matters to: it stands in their logs too. */
  readonly above?: (record: R, former?: R) => readonly Owner[]
  /** What the log calls it. */
  readonly target: (record: R) => TargetRef
  /** What the log says of it: everything but digests and keys. */
  readonly facts: (record: R) => Facts
}
