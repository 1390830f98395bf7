import { isDeepStrictEqual } from 'node:util'
import type { Event, NewEvent } from '../domain/audit/event.ts'
import { Problem } from '../domain/problem.ts'
import { type Kind, type Records, recordKinds } from '../domain/records.ts'
import { fingerprint } from '../domain/secret.ts'

/** How many records or reservations one sweep removes at most: a bound for locks and for replies. */
export const sweepBatch = 500

/** What both stores keep of a record: the record itself as JSON, and what it is found by. */
export interface StoredRecord {
  readonly id: string
  readonly version: number
  readonly live: boolean
  readonly scope: string
  readonly purgeAfter: number | undefined
  /** Fingerprints of the unique keys: of one size, whatever the value's length and characters. */
  readonly keys: Readonly<Record<string, string>>
  readonly body: string
}

// A mapped type lets the compiler see that row K takes records of kind K.
const rows: {
  readonly [K in Kind]: {
    readonly keys: (record: Records[K]) => Readonly<Record<string, string>>
    readonly scope: (record: Records[K]) => string
  }
} = recordKinds

export function encode<K extends Kind>(kind: K, record: Records[K]): StoredRecord {
  const keys = Object.entries(rows[kind].keys(record))
  return {
    id: record.id,
    version: record.version,
    live: record.live,
    scope: rows[kind].scope(record),
    purgeAfter: record.purgeAfter === undefined ? undefined : wholeMilliseconds(record.purgeAfter),
    keys: Object.fromEntries(keys.map(([name, value]) => [name, fingerprint(value)])),
    body: JSON.stringify(record),
  }
}

/** Reads a record back: only what `encode` wrote under this kind gets here. */
export function decode<K extends Kind>(kind: K, body: unknown): Records[K] {
  const record: Records[K] = parsed(body)
  if (typeof record?.id === 'string' && Number.isInteger(record.version)) return record
  throw damaged(`record of kind ${kind}`)
}

export function eventFrom(body: unknown): Event {
  const event: Event = parsed(body)
  if (typeof event?.id === 'string' && typeof event.hash === 'string') return event
  throw damaged('entry of the audit log')
}

export function newEventFrom(body: unknown): NewEvent {
  const event: NewEvent = parsed(body)
  if (typeof event?.id === 'string') return event
  throw damaged('entry of an outbox')
}

// The one place where the type of a stored text is taken on trust: the callers check its core.
function parsed(body: unknown) {
  try {
    return JSON.parse(String(body))
  } catch {
    return undefined
  }
}

function damaged(what: string): Problem {
  return new Problem('store.damaged', `The store holds a damaged ${what}; restore it from a backup`)
}

/** The event as it will be read back (no undefined, no dates), so that its hash will verify. */
export function plainEvent(event: NewEvent): NewEvent {
  return newEventFrom(JSON.stringify(event))
}

/** Whether a stored event is this very one: the losers of a race have the winner's event id. */
export function isSameEvent(found: NewEvent & Partial<Event>, event: NewEvent): boolean {
  const { seq: _seq, previousHash: _previous, hash: _hash, ...stored } = found
  return isDeepStrictEqual(stored, plainEvent(event))
}

/** Times may come with a fraction, or without end, from a caller's own claims. */
export function wholeMilliseconds(time: number): number {
  return Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER)
}

export function conflict(): Problem {
  return new Problem('record.conflict', 'Someone else changed this at the same time; read it again')
}

export function taken(field: string): Problem {
  return new Problem('name.taken', `This ${field} is taken; choose another one`, { field })
}
