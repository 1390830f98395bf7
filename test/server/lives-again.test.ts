import { expect, test } from '@jest/globals'
import type { Issuer } from '../../src/domain/issuers/issuer.ts'
import { livesAgain, type Readable } from '../../src/server/backup/lives-again.ts'
import { noon, sampleIssuer } from '../domain/samples.ts'

/** A store that holds these issuers alone. */
function storeOf(...issuers: readonly Issuer[]): Readable {
  const reads = {
    get: async (_kind: string, id: string) => issuers.find((issuer) => issuer.id === id),
    scan: async (kind: string) => (kind === 'issuer' ? issuers : []),
  }
  // @ts-expect-error: it is asked for issuers, and has nothing of any other kind
  return reads
}

test('an older store says which issuers are trusted again that were trusted no longer', async () => {
  const [stays, off, gone] = [sampleIssuer(), sampleIssuer(), sampleIssuer()]
  const newer = storeOf(stays, { ...off, version: 2, state: 'disabled' })
  const { lines } = await livesAgain(storeOf(stays, off, gone), newer, noon)
  expect(lines).toEqual(
    [off, gone].map(({ id, name }) => `issuer ${id} (${name}): was disabled or deleted`),
  )
  expect((await livesAgain(newer, storeOf(stays, off), noon)).lines).toEqual([])
})
