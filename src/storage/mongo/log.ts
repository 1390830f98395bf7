import { chain } from '../../domain/audit/chain.ts'
import type { Event, NewEvent } from '../../domain/audit/event.ts'
import { assertMarked, eventFrom, eventIndex, eventMarks, plainEvent } from '../stored-event.ts'
import type { Collections, EventDocument } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { gathering } from './gather.ts'
import { again, retried } from './retry.ts'

/** What has a number at all: a server sorts other values behind all of them. */
export const numbered = { _id: { $gt: 0 } } as const

/** Reads an entry from its document. Fails with `store.damaged`. */
export function eventOf({ _id: seq, body, ...rest }: EventDocument): Event {
  const { id, at, actorId, targetId, marks = [] } = rest
  return assertMarked(eventFrom(body, { seq, id, at, actorId, targetId }), marks)
}

/** What an entry is found by besides its index. */
export function foundBy(event: NewEvent) {
  const { action, target, actor } = event
  return {
    marks: eventMarks(event),
    action,
    targetKind: target.kind.toWellFormed(),
    actorKind: actor.kind,
    ...(actor.of && { actorOf: actor.of }),
  }
}

/** The log, as its writers see it. */
export interface Log {
  /** Resolves when the event is in the log, whoever put it there. */
  append(event: NewEvent): Promise<void>
  find(id: string): Promise<Event | undefined>
}

/**
 * The end of the log. What one process appends at the same moment goes there as one batch, so that
 * its calls do not race each other.
 */
export function logOn({ events }: Collections): Log {
  /**
   * Numbers have no gap and no double: they are taken by inserts right after the last one, and an
   * ordered insert ends at the first that is taken. What was inserted until then is there; only
   * the log itself knows that for sure, so it is asked.
   */
  async function appendAll(batch: readonly NewEvent[]): Promise<void> {
    let left = [...new Map(batch.map((event) => [event.id, event])).values()]
    await retried(async (attempt) => {
      const [wanted, end] = await Promise.all([attempt > 1 ? missing(left) : left, last()])
      left = wanted
      return left.length === 0 || (await areInserted(chained(left, end))) ? undefined : again
    })
  }

  async function areInserted(next: EventDocument[]): Promise<boolean> {
    try {
      await events.insertMany(next, { ordered: true })
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  async function missing(wanted: readonly NewEvent[]): Promise<NewEvent[]> {
    const named = { id: { $in: wanted.map(({ id }) => id) } }
    const found = await events.find(named, { projection: { id: 1 } }).toArray()
    const there = new Set(found.map(({ id }) => id))
    return wanted.filter(({ id }) => !there.has(id))
  }

  async function last(): Promise<Event | undefined> {
    const document = await events.findOne(numbered, { sort: { _id: -1 } })
    return document === null ? undefined : eventOf(document)
  }

  const append = gathering(appendAll)
  return {
    append: (event) => append(plainEvent(event)),
    async find(id) {
      const document = await events.findOne({ id })
      return document === null ? undefined : eventOf(document)
    },
  }
}

function chained(events: readonly NewEvent[], end: Event | undefined): EventDocument[] {
  let previous = end
  return events.map((event) => {
    previous = chain(event, previous)
    return documentOf(previous)
  })
}

function documentOf(event: Event): EventDocument {
  const { seq, ...index } = eventIndex(event)
  return { _id: seq, ...index, ...foundBy(event), body: JSON.stringify(event) }
}
