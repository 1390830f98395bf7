import { expect, test } from '@jest/globals'
import { Directory } from '../../src/directory/directory.ts'
import { createClientKey } from '../../src/domain/client-keys/create.ts'
import { addCredential } from '../../src/domain/credentials/add.ts'
import { deleteCredential } from '../../src/domain/credentials/delete.ts'
import { sweepUses } from '../../src/server/sweep-uses.ts'
import { worldOfFile } from '../domain/world.ts'

const world = worldOfFile()

test('a last use is kept as long as its credential or client key, and not for longer', async () => {
  const { store, system, clock } = world()
  const directory = await Directory.load(store, () => clock.at)
  const account = await world().account()
  const { credential: kept } = await addCredential(system, account, {})
  const { credential: deleted } = await addCredential(system, account, {})
  const { key } = await createClientKey(system, { name: 'kept' })
  const published = await world().account({ jwksUri: 'https://keys.example' })
  const gone = Array.from({ length: 25 }, (_, n) => `cred_gone_${n}`)
  const ids = [kept.id, deleted.id, key.id, published.id, ...gone]
  await store.noteUses(new Map(ids.map((id) => [id, { at: clock.at }])))
  await deleteCredential(system, account, deleted.id)
  await sweepUses({ store, directory }, 10)
  expect([...(await store.uses(ids)).keys()].sort()).toEqual([kept.id, key.id, published.id].sort())
})
