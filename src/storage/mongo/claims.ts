import { randomUUID } from 'node:crypto'
import type { Store } from '../../domain/store.ts'
import { wholeMilliseconds } from '../kept.ts'
import type { Connection } from './connection.ts'
import type { ClaimDocument, Collections } from './documents.ts'
import { isDuplicate } from './errors.ts'
import { retried } from './retry.ts'

export function claimStore({
  collections,
  bound,
}: Connection): Pick<Store, 'claim' | 'claimHorizon'> {
  return {
    claim: (id, expiresAt) =>
      bound(() => {
        const claimant = randomUUID()
        const claim = { _id: id, expiresAt: wholeMilliseconds(expiresAt), claimant }
        return retried((attempt) => insert(collections, claim, attempt > 1))
      }),
    claimHorizon: () =>
      bound(async () => {
        return (await collections.meta.findOne({ _id: 'claim_horizon' }))?.value ?? 0
      }),
  }
}

/** True when the claim is ours: an insert that is tried again may find what the first try wrote. */
async function insert(
  { claims }: Collections,
  claim: ClaimDocument,
  mayBeThere: boolean,
): Promise<boolean> {
  try {
    return (await claims.insertOne(claim)).acknowledged
  } catch (error) {
    if (!isDuplicate(error)) throw error
    return mayBeThere && (await claims.findOne({ _id: claim._id }))?.claimant === claim.claimant
  }
}
