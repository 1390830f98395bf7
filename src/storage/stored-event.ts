import { isDeepStrictEqual } from 'node:util'
import { type Event, eventShape, type NewEvent, newEventShape } from '../domain/audit/event.ts'
import type { EventFilter } from '../domain/store.ts'
import { damaged } from './faults.ts'
import { fits, membersOf, wholeMilliseconds } from './stored-json.ts'

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

/** An event that goes into the log, as text. Fails with `store.damaged` when it could not be read back. */
export function eventText(event: NewEvent): string {
  if (fits<NewEvent>(newEventShape, event)) return JSON.stringify(event)
  throw damaged('entry of an outbox')
}

/** The event of such a text, which this process made itself: it is not looked at again. */
export function ownEvent(text: string): NewEvent {
  return JSON.parse(text)
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
