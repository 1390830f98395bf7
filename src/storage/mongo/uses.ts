import type { Store } from '../../domain/store.ts'
import { inBatches } from '../batches.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'
import type { Collections } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { again, retried } from './retry.ts'

/** Last uses of credentials, in a collection of their own. */
export function useStore({ collections, bound }: Connection): Pick<Store, 'noteUses' | 'uses'> {
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
