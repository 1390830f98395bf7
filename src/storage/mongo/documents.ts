import type { Collection, Db } from 'mongodb'
import type { Kind } from '../../domain/records.ts'
import type { EventIndex } from '../stored-event.ts'
import type { StoredRecord } from '../stored-record.ts'

/** An event that was written with its record and may not yet be in the log. */
export interface Outbox {
  readonly id: string
  /** JSON: members of facts may have names with dots and dollars. */
  readonly event: string
}

/** A record as its collection keeps it. */
export interface RecordDocument extends Omit<StoredRecord, 'id' | 'scope' | 'purgeAfter'> {
  readonly _id: string
  /** The scope of the record. */
  readonly within: string
  readonly purgeAfter?: number
  readonly outbox?: Outbox
}

/** An entry of the log as its collection keeps it; `_id` is its number. */
export interface EventDocument extends Omit<EventIndex, 'seq'> {
  readonly _id: number
  readonly body: string
  /** What else it is found by; entries that somebody planted may lack it. */
  readonly marks?: readonly string[]
  readonly action?: string
  readonly targetKind?: string
  readonly actorKind?: string
  readonly actorOf?: readonly string[]
}

/** A reservation as its collection keeps it; times are milliseconds. */
export interface ReservationDocument {
  readonly _id: string
  readonly expiresAt: number
  /** Random: tells a retried insert that the document it collides with is its own. */
  readonly holder: string
}

interface UseDocument {
  readonly _id: string
  readonly at: number
  readonly address?: string
  /** The use that the address is of: it counts as long as no later one was noted without its own. */
  readonly addressAt?: number
}

/** What is kept of the database itself, one number each. */
export interface MetaDocument {
  readonly _id: 'schema' | 'claim_horizon' | 'migration_lease' | 'last_probe'
  readonly value: number
  readonly holder?: string
  /** What a probe writes to see that there is room, and takes away again. */
  readonly room?: string
}

/** The collections, one for each kind of record. */
export interface Collections {
  readonly records: (kind: Kind) => Collection<RecordDocument>
  readonly events: Collection<EventDocument>
  readonly reservations: Collection<ReservationDocument>
  readonly uses: Collection<UseDocument>
  readonly meta: Collection<MetaDocument>
}

/** The collections of a database. */
export function collectionsOf(db: Db): Collections {
  return {
    records: (kind) => db.collection(kind),
    events: db.collection('events'),
    reservations: db.collection('claims'),
    uses: db.collection('uses'),
    meta: db.collection('meta'),
  }
}
