import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../stored-record.ts'
import type { Connection } from './connection.ts'
import type { Collections } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { again, retried } from './retry.ts'

export function useStore({ collections, bound }: Connection): Pick<Store, 'noteUses' | 'uses'> {
  return {
    noteUses: (uses) =>
      bound(async () => {
        if (uses.size > 0) await retried(() => note(collections, uses))
      }),
    uses: (credentialIds) =>
      bound(async () => {
        const noted = await collections.uses.find({ _id: { $in: [...credentialIds] } }).toArray()
        return new Map(noted.map(({ _id, at }) => [_id, at]))
      }),
  }
}

async function note(
  { uses: collection }: Collections,
  uses: ReadonlyMap<string, number>,
): Promise<undefined | typeof again> {
  const notes = [...uses].map(([_id, at]) => ({
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
