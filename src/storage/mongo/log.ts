import { chain } from '../../domain/audit/chain.ts'
import type { Event, NewEvent } from '../../domain/audit/event.ts'
import { eventFrom, plainEvent } from '../stored-record.ts'
import type { Collections, EventDocument } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { again, retried } from './retry.ts'

export interface Log {
  /** Resolves when the event is in the log, whoever put it there. */
  append(event: NewEvent): Promise<void>
  find(id: string): Promise<Event | undefined>
}

interface Waiting {
  readonly event: NewEvent
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The end of the log. The calls of one process queue here, so that they do not race each other;
 * when the store is away, all that wait fail at once instead of waiting one after another.
 */
export function logOn({ events }: Collections): Log {
  let waiting: Waiting[] = []
  let isRunning = false

  async function run(): Promise<void> {
    isRunning = true
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        await retried(() => appendOnce(next.event))
        next.resolve()
      } catch (error) {
        const failed = [next, ...waiting]
        waiting = []
        for (const { reject } of failed) reject(error)
      }
    }
    isRunning = false
  }

  /** Numbers have no gap and no double: a number is taken by an insert right after the last one. */
  async function appendOnce(event: NewEvent): Promise<undefined | typeof again> {
    const document = documentOf(chain(event, await last()))
    try {
      await events.insertOne(document)
      return undefined
    } catch (error) {
      if (!isDuplicate(error)) throw error
      return (await find(event.id)) ? undefined : again
    }
  }

  async function last(): Promise<Event | undefined> {
    const document = await events.findOne({}, { sort: { _id: -1 } })
    return document === null ? undefined : eventFrom(document.body)
  }

  async function find(id: string): Promise<Event | undefined> {
    const document = await events.findOne({ id })
    return document === null ? undefined : eventFrom(document.body)
  }

  return {
    find,
    append: (event) =>
      new Promise((resolve, reject) => {
        waiting.push({ event: plainEvent(event), resolve, reject })
        if (!isRunning) void run()
      }),
  }
}

function documentOf(event: Event): EventDocument {
  return {
    _id: event.seq,
    id: event.id,
    at: event.at,
    actorId: event.actor.id,
    targetId: event.target.id,
    body: JSON.stringify(event),
  }
}
