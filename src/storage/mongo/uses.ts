import type { Store, Use } from '../../domain/store.ts'
import { inBatches } from '../batches.ts'
import { wholeMilliseconds } from '../stored-json.ts'
import type { Connection } from './connection.ts'
import type { Collections } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { gatheringReads } from './gather-reads.ts'
import { again, retried } from './retry.ts'

/** Last uses of credentials, in a collection of their own. */
export function useStore({
  collections,
  bound,
}: Connection): Pick<Store, 'noteUses' | 'uses' | 'usedIds' | 'forgetUses'> {
  const usesOf = gatheringReads((ids) => usesIn(collections, ids))
  return {
    async noteUses(uses) {
      // A bound for each batch: a long list is not a silent server.
      for (const batch of inBatches([...uses])) {
        await bound(() => retried(() => note(collections, batch)))
      }
    },
    async uses(credentialIds) {
      const found: (readonly [string, Use])[] = []
      for (const batch of inBatches(credentialIds)) {
        found.push(...(await bound(() => usesOf(batch))))
      }
      return new Map(found)
    },
    usedIds: (after, limit) =>
      bound(async () => {
        const options = { projection: { _id: 1 }, sort: { _id: 1 } } as const
        const found = collections.uses.find({ _id: { $gt: after } }, options).limit(limit)
        return (await found.toArray()).map(({ _id }) => _id)
      }),
    async forgetUses(ids) {
      for (const batch of inBatches(ids)) {
        await bound(() => retried(() => collections.uses.deleteMany({ _id: { $in: [...batch] } })))
      }
    },
  }
}

async function usesIn(
  { uses }: Collections,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Use>> {
  const noted = await uses.find({ _id: { $in: [...ids] } }).toArray()
  return new Map(
    noted.map(({ _id, at, address, addressAt }) => {
      const isOfIt = address !== undefined && addressAt === at
      return [_id, { at, ...(isOfIt && { from: address }) }]
    }),
  )
}

/**
 * The later moment stays, and then its address is put beside it. That is two writes of one document,
 * as no operator of an update that all servers have compares and sets: whoever reads between them, or
 * after a crash, finds an address of another moment, and knows by that moment.
 */
function stepsFor(uses: readonly (readonly [id: string, use: Use])[]) {
  const notes = uses.map(([_id, { at, from }]) => ({ _id, at: wholeMilliseconds(at), from }))
  const moments = notes.map(({ _id, at }) => ({
    updateOne: { filter: { _id }, update: { $max: { at } }, upsert: true },
  }))
  const addresses = notes.flatMap(({ _id, at, from }) => {
    if (from === undefined) return []
    const update = { $set: { address: from, addressAt: at } }
    return [{ updateOne: { filter: { _id, at }, update } }]
  })
  return { moments, addresses }
}

async function note(
  { uses: collection }: Collections,
  uses: readonly (readonly [id: string, use: Use])[],
): Promise<undefined | typeof again> {
  const { moments, addresses } = stepsFor(uses)
  try {
    await collection.bulkWrite(moments, { ordered: false })
    if (addresses.length > 0) await collection.bulkWrite(addresses, { ordered: false })
    return undefined
  } catch (error) {
    // Two upserts of one document can both try to insert it; the loser finds it the next time.
    if (isDuplicate(error)) return again
    throw error
  }
}
