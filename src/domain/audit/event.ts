import type { Owner } from '../owner.ts'
import { list, number, object, oneOf, optional, type Shape, text } from '../shape.ts'
import type { AuditAction } from './actions.ts'

/** What the log tells apart of those who do something. */
export const actorKinds = ['account', 'person', 'system', 'anonymous'] as const

/** Who did it, as the log names them. */
export interface ActorRef {
  readonly kind: (typeof actorKinds)[number]
  readonly id: string
  readonly name: string
  /** The places among the scope of the entry that it belonged to at that moment. */
  readonly of?: readonly Owner[]
  /** Who stood behind it and acted in its name. */
  readonly impersonatedBy?: Omit<ActorRef, 'impersonatedBy' | 'of'>
}

/** What an entry of the log is about. */
export interface TargetRef {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** Members of a record that may be shown. */
export type Facts = Readonly<Record<string, unknown>>

/** One entry of the audit log, before the log has given it a place. Times are milliseconds. */
export interface NewEvent {
  /** Unique: `<record id>:<version>`, so that a second append of it is harmless. */
  readonly id: string
  readonly at: number
  readonly action: AuditAction
  readonly actor: ActorRef
  readonly target: TargetRef
  readonly requestId: string
  /** Whom the record belongs to, from its own owner up; entries of the first release have none. */
  readonly scope?: readonly Owner[]
  /** The record that changed, for caches that follow the log; absent when no record did. */
  readonly record?: { readonly kind: string; readonly id: string; readonly version?: number }
  readonly before?: Facts
  readonly after?: Facts
}

/** An entry in its place: `hash` covers the entry and `previousHash`, the hash of the one before. */
export interface Event extends NewEvent {
  readonly seq: number
  readonly previousHash: string
  readonly hash: string
}

const t = text()
const actorMembers = { kind: oneOf(...actorKinds), id: t, name: t }
const actorShape = object<ActorRef>({
  ...actorMembers,
  of: optional(list(text<Owner>())),
  impersonatedBy: optional(object<Omit<ActorRef, 'impersonatedBy' | 'of'>>(actorMembers)),
})
const factsShape: Shape<Facts> = { schema: { type: 'object' } }

const newEventMembers = {
  id: t,
  at: number,
  action: text<AuditAction>(),
  actor: actorShape,
  target: object<TargetRef>({ kind: t, id: t, name: t }),
  requestId: t,
  scope: optional(list(text<Owner>())),
  record: optional(
    object<NonNullable<NewEvent['record']>>({ kind: t, id: t, version: optional(number) }),
  ),
  before: optional(factsShape),
  after: optional(factsShape),
}

/** What is stored of an event that has no place in the log yet. */
export const newEventShape: Shape<NewEvent> = object<NewEvent>(newEventMembers)

/** What is stored of an entry of the log. */
export const eventShape: Shape<Event> = object<Event>({
  ...newEventMembers,
  seq: number,
  previousHash: t,
  hash: t,
})
