import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import { type Event, eventShape, type NewEvent, newEventShape } from '../domain/audit/event.ts'
import { Problem } from '../domain/problem.ts'
import type { RecordKind } from '../domain/record-kind.ts'
import { type Kind, type Records, recordKinds } from '../domain/records.ts'
import { fingerprint } from '../domain/secret.ts'
import type { EventFilter } from '../domain/store.ts'
import type { Versioned } from '../domain/versioned.ts'

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

/** A record as both stores keep it. */
export function encode<K extends Kind>(kind: K, record: Records[K]): StoredRecord {
  const row: RecordKind<Records[K]> = recordKinds[kind]
  const number = shapeOf(row)
  const { unique, scope } = row
  const keys = Object.entries(unique).flatMap(([name, keyOf]) => {
    const value = keyOf(record)
    return value === undefined ? [] : [[name, fingerprint(value)] as const]
  })
  return {
    id: record.id,
    version: record.version,
    live: record.live,
    scope: scope(record),
    purgeAfter: record.purgeAfter === undefined ? undefined : wholeMilliseconds(record.purgeAfter),
    keys: Object.fromEntries(keys),
    body: JSON.stringify({ ...record, ...(number > 1 && { shape: number }) }),
  }
}

// Schemas of our own are not looked at for faults at each start.
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false })

/** Whether a value has a shape: Ajv compiles its schema at the first one, and then knows it again. */
function fits<T>({ schema }: { readonly schema: object }, value: unknown): value is T {
  return ajv.compile<T>(schema)(value)
}

/** The number of the shape that a kind of record has in this release. */
function shapeOf({ upgrades }: { readonly upgrades: readonly unknown[] }): number {
  return upgrades.length + 1
}

type Members = Readonly<Record<string, unknown>>

const hasMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null

/** Parsed JSON, when it is an object. */
export function membersOf(body: unknown): Members {
  try {
    const value: unknown = JSON.parse(String(body))
    return hasMembers(value) ? value : {}
  } catch {
    return {}
  }
}

/** The number of the shape in which something was written, and the members themselves. */
function shapeIn(stored: Members) {
  if (stored['shape'] === undefined) return { written: 1, members: stored }
  const { shape, ...members } = stored
  return { written: Number(shape), members }
}

/**
 * Reads what a row describes: raises what an older release wrote, and refuses what it is not.
 * `what` names it in the refusal.
 */
export function decodeBy<R extends Versioned>(row: RecordKind<R>, body: unknown, what: string): R {
  const { written, members } = shapeIn(membersOf(body))
  if (written > shapeOf(row)) throw damaged(`${what} (a newer release wrote it)`)
  const raised = row.upgrades
    .slice(written - 1)
    .reduce<Members>((former, raise) => raise(former), members)
  if (fits<R>(row.shape, raised)) return raised
  throw damaged(what)
}

/** Reads a record back. Fails with `store.damaged` when it is not what its kind must be. */
export function decode<K extends Kind>(kind: K, body: unknown): Records[K] {
  return decodeBy<Records[K]>(recordKinds[kind], body, `record of kind ${kind}`)
}

/** What an entry of the log is found by, beside the entry itself. */
export type EventIndex = ReturnType<typeof eventIndex>

/** What an entry of the log is to be found by, as stores keep it: no halves of surrogate pairs. */
export function eventIndex({ seq, id, at, actor, target }: Event) {
  const [actorId, targetId] = [actor.id.toWellFormed(), target.id.toWellFormed()]
  return { seq, id: id.toWellFormed(), at: wholeMilliseconds(at), actorId, targetId }
}

/** The mark of an entry of what belongs to a place. */
function scopeMark(scope: string): string {
  return `of:${scope.toWellFormed()}`
}

/** The mark of an entry that somebody made, or stood behind. */
function actorMark(id: string): string {
  return `by:${id.toWellFormed()}`
}

/** By what an entry is found besides: the places that it belongs to, and everybody who made it. */
export function eventMarks({ actor, scope = [] }: NewEvent): readonly string[] {
  const places = scope.filter((place) => place !== 'root')
  const ids = [actor.id, actor.impersonatedBy?.id ?? ''].filter((id) => id !== '')
  return [...new Set([...places.map(scopeMark), ...ids.map(actorMark)])]
}

/** The marks that an entry must have to be one that is asked for. */
export function marksOf({ scope, by }: Pick<EventFilter, 'scope' | 'by'>): readonly string[] {
  return [
    ...(scope === undefined ? [] : [scopeMark(scope)]),
    ...(by === undefined ? [] : [actorMark(by)]),
  ]
}

/** Refuses an entry that was found by a mark that it does not have. Fails with `store.damaged`. */
export function assertMarked(event: Event, marks: readonly string[]): Event {
  const own = new Set(eventMarks(event))
  if (marks.every((mark) => own.has(mark))) return event
  throw damaged('entry of the audit log')
}

/** Reads an entry of the log, which must be found by what it says. Fails with `store.damaged`. */
export function eventFrom(
  body: unknown,
  foundBy: Readonly<Record<keyof EventIndex, unknown>>,
): Event {
  const event = membersOf(body)
  if (fits<Event>(eventShape, event) && isDeepStrictEqual(eventIndex(event), foundBy)) return event
  throw damaged('entry of the audit log')
}

/** An entry that can be read; undefined of one that somebody spoiled: whoever reads it is told. */
export function readableEvent(body: unknown): Event | undefined {
  const event = membersOf(body)
  return fits<Event>(eventShape, event) ? event : undefined
}

/** Reads an event that has no place in the log yet. Fails with `store.damaged`. */
export function newEventFrom(body: unknown): NewEvent {
  const event = membersOf(body)
  if (fits<NewEvent>(newEventShape, event)) return event
  throw damaged('entry of an outbox')
}

function damaged(what: string): Problem {
  return new Problem('store.damaged', { what })
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

/** Somebody else was faster. */
export function conflict(): Problem {
  return new Problem('record.conflict', {})
}

/** Another record has this value of a unique key. */
export function taken(key: string): Problem {
  return new Problem('name.taken', { key })
}
