import type { Store } from '../../domain/store.ts'
import { inBatches } from '../batches.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'
import type { Collections } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { again, retried } from './retry.ts'

/** Last uses of credentials, in a collection of their own. */
export function useStore({
  collections,
  bound,
}: Connection): Pick<Store, 'noteUses' | 'uses' | 'usedIds' | 'forgetUses'> {
  return {
    async noteUses(uses) {
      // A bound for each batch: a long list is not a silent server.
      for (const batch of inBatches([...uses])) {
        await bound(() => retried(() => note(collections, batch)))
      }
    },
    async uses(credentialIds) {
      const found = new Map<string, number>()
      for (const batch of inBatches(credentialIds)) {
        const noted = await bound(() =>
          collections.uses.find({ _id: { $in: [...batch] } }).toArray(),
        )
        for (const { _id, at } of noted) found.set(_id, at)
      }
      return found
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

async function note(
  { uses: collection }: Collections,
  uses: readonly (readonly [id: string, at: number])[],
): Promise<undefined | typeof again> {
  const notes = uses.map(([_id, at]) => ({
    updateOne: { filter: { _id }, update: { $max: { at: wholeMilliseconds(at) } }, upsert: true },
  }))
  try {
    await collection.bulkWrite(notes, { ordered: false })
    return undefined
  } catch (error) {
    // Two upserts of one document can both try to insert it; the loser finds it the next time.
    if (isDuplicate(error)) return again
    throw error
  }
}
