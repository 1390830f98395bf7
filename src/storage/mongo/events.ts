import type { Filter } from 'mongodb'
import type { EventFilter, Store } from '../../domain/store.ts'
import { marksOf } from '../stored-event.ts'
import type { Connection } from './connection.ts'
import type { EventDocument } from './documents.ts'
import { eventOf, numbered } from './log.ts'

/** Reads the log. */
export function eventReader({
  collections: { events },
  bound,
}: Connection): Pick<Store, 'events' | 'countEvents' | 'head'> {
  return {
    events: (query) =>
      bound(async () => {
        if (query.limit === 0) return [] // to the driver, 0 is no limit
        const page = events
          .find(filterOf(query))
          .sort({ _id: query.newestFirst ? -1 : 1 })
          .skip(query.offset ?? 0)
          .limit(query.limit)
        return (await page.toArray()).map(eventOf)
      }),
    countEvents: (query, atMost) =>
      bound(async () => {
        if (atMost === 0) return 0 // to the driver, 0 is no limit
        return await events.countDocuments(filterOf(query), { limit: atMost })
      }),
    head: () =>
      bound(async () => {
        const last = await events.findOne(numbered, { sort: { _id: -1 }, projection: { _id: 1 } })
        return last?._id ?? 0
      }),
  }
}

function filterOf(query: EventFilter): Filter<EventDocument> {
  const { after = 0, before, from, to, id, actorId, targetId } = query
  return {
    ...(after !== Number.NEGATIVE_INFINITY && { _id: { $gt: after } }),
    ...(before !== undefined && { _id: { $gt: after, $lt: before } }),
    ...((from !== undefined || to !== undefined) && { at: periodOf(from, to) }),
    ...(id !== undefined && { id }),
    ...(actorId !== undefined && { actorId }),
    ...(targetId !== undefined && { targetId }),
    ...wordsOf(query),
  }
}

function wordsOf(query: EventFilter): Filter<EventDocument> {
  const { actions, targetKind, actorKinds, actorOf, actorNotOf } = query
  const marks = marksOf(query)
  return {
    ...(marks.length > 0 && { marks: { $all: [...marks] } }),
    ...(actions && { action: { $in: [...actions] } }),
    ...(targetKind !== undefined && { targetKind }),
    ...(actorKinds && { actorKind: { $in: [...actorKinds] } }),
    ...((actorOf ?? actorNotOf) !== undefined && { actorOf: homesOf(actorOf, actorNotOf) }),
  }
}

function homesOf(actorOf: string | undefined, actorNotOf: string | undefined) {
  return {
    ...(actorOf !== undefined && { $eq: actorOf }),
    ...(actorNotOf !== undefined && { $ne: actorNotOf }),
  }
}

function periodOf(from: number | undefined, to: number | undefined) {
  return {
    ...(from !== undefined && { $gte: from }),
    ...(to !== undefined && { $lt: to }),
  }
}
