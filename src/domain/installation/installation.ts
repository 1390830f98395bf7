import { trustedId } from '../ids.ts'
import { count, list, number, object, optional, ordinal, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** An account that is about to lose its say, by the version at which it still has it. */
export interface Ending {
  readonly account: string
  readonly version: number
}

/**
 * What holds for all processes and all records together: the one record that two writes must win
 * when a rule is about several records.
 */
export interface Installation extends Versioned {
  /** Random, made once: by it the data folder and the keys folder are told from those of others. */
  readonly mark: string
  /** Raised by a restore: access tokens of a lower one are refused. */
  readonly epoch: number
  /** Milliseconds: when the store was last put back to an older state. */
  readonly restoredAt?: number
  /** The id of the pepper that new digests are made with; absent until a start has said so. */
  readonly pepper?: string
  /** Accounts that may stop managing others at any moment. */
  readonly ending: readonly Ending[]
}

/** What is stored of an installation. */
export const installationShape: Shape<Installation> = object<Installation>({
  ...versionedMembers,
  mark: text(),
  epoch: count,
  restoredAt: optional(number),
  pepper: optional(text()),
  ending: list(object<Ending>({ account: text(), version: ordinal })),
})

/** A fixed id: whatever number of processes start on an empty store, one record results. */
export const installationId = trustedId('installation', 'inst_00000000000000000000000000000')
