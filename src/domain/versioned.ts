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
}
