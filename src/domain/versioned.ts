import { flag, number, optional, ordinal, text } from './shape.ts'

/**
 * What all records have. `version` is 1 when inserted and grows by one with each write; a record
 * that is not `live` is a tombstone: it holds no secret, and is removed after `purgeAfter`.
 */
export interface Versioned {
  readonly id: string
  readonly version: number
  readonly live: boolean
  /** Milliseconds; from then on the sweeper may remove the record for good. */
  readonly purgeAfter?: number
  /** How many of its writes changed nothing that anybody is shown. */
  readonly unseen?: number
}

/** The members of every record, for the shape of its kind. */
export const versionedMembers = {
  id: text(),
  version: ordinal,
  live: flag,
  purgeAfter: optional(number),
  unseen: optional(number),
}

/** The version that callers are shown (ETag): it stays while nothing changes that they could see. */
export function shownVersion({ version, unseen: hidden = 0 }: Versioned): number {
  return version - hidden
}

/** A record whose next write changes nothing that anybody is shown. */
export function unseen<R extends Versioned>(record: R): R {
  return { ...record, unseen: (record.unseen ?? 0) + 1 }
}
