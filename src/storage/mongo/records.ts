import type { Filter } from 'mongodb'
import type { Kind } from '../../domain/records.ts'
import { fingerprint } from '../../domain/secret.ts'
import type { Store } from '../../domain/store.ts'
import { decode, encode } from '../stored-record.ts'
import { commitTo } from './commit.ts'
import type { Connection } from './connection.ts'
import type { Collections, RecordDocument } from './documents.ts'
import { gatheringReads } from './gather-reads.ts'
import type { Places } from './outbox.ts'

const projection = { body: 1 } as const

/** Records by id, by unique key and by scope. */
export function recordStore(
  { collections, bound }: Connection,
  places: Places,
): Pick<Store, 'get' | 'getMany' | 'scan' | 'find' | 'list' | 'count' | 'commit'> {
  const { records } = collections
  const bodies = bodiesIn(collections)
  return {
    get: (kind, id) =>
      bound(async () => {
        const body = (await bodies(kind, [id])).get(id)
        return body === undefined ? undefined : decode(kind, body)
      }),
    getMany: (kind, ids) =>
      bound(async () => {
        const found = await records(kind)
          .find({ _id: { $in: [...ids] } }, { projection })
          .toArray()
        return found.map(({ body }) => decode(kind, body))
      }),
    scan: (kind, { after, limit }) =>
      bound(async () => {
        // By id alone: a filter besides would cost some servers four times as long.
        const page = records(kind).find({ _id: { $gt: after } }, { projection, sort: { _id: 1 } })
        return (await page.limit(limit).toArray()).map(({ body }) => decode(kind, body))
      }),
    find: (kind, key, value) =>
      bound(async () => {
        const named = { [`keys.${key}`]: fingerprint(value) }
        const document = await records(kind).findOne(named, { projection })
        return document === null ? undefined : decode(kind, document.body)
      }),
    list: (kind, { scope, after, offset = 0, limit }) =>
      bound(async () => {
        if (limit === 0) return [] // to the driver, 0 is no limit
        const beyond = after === undefined ? {} : { _id: { $gt: after } }
        const page = records(kind)
          .find({ ...liveIn(scope), ...beyond }, { projection, sort: { _id: 1 } })
          .skip(offset)
          .limit(limit)
        return (await page.toArray()).map(({ body }) => decode(kind, body))
      }),
    count: (kind, scope) => bound(() => records(kind).countDocuments(liveIn(scope))),
    commit: (kind, record, event) =>
      bound(() => commitTo(places(kind), encode(kind, record), event)),
  }
}

/** Finds the bodies of records by their ids, a kind at a time. */
function bodiesIn({ records }: Collections) {
  const byKind = new Map<Kind, ReturnType<typeof gatheringReads<string>>>()
  const reads = (kind: Kind) =>
    gatheringReads<string>(async (ids) => {
      const found = await records(kind)
        .find({ _id: { $in: [...ids] } }, { projection })
        .toArray()
      return new Map(found.map(({ _id, body }) => [_id, body]))
    })
  return (kind: Kind, ids: readonly string[]) => {
    const read = byKind.get(kind) ?? reads(kind)
    byKind.set(kind, read)
    return read(ids)
  }
}

function liveIn(scope: string | undefined): Filter<RecordDocument> {
  return scope === undefined ? { live: true } : { live: true, within: scope }
}
