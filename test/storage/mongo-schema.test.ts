import { expect, test } from '@jest/globals'
import { collectionsOf } from '../../src/storage/mongo/documents.ts'
import { openMongo } from '../../src/storage/mongo/open.ts'
import { openMongoReadOnly } from '../../src/storage/mongo/read-only.ts'
import { brokenAt, create, outcome, times, wholeLog } from '../contract/samples.ts'
import { databasePerTest, describeMongo } from './mongo-database.ts'

describeMongo('the schema of the MongoDB store', () => {
  const database = databasePerTest()

  test('is made once by many processes that start at once', async () => {
    const stores = await Promise.all(times(8, () => database().open(20_000)))
    await Promise.all(stores.map((store) => create(store)))
    const results = await Promise.all(
      stores.map((store) => outcome(create(store, { name: 'one' }))),
    )
    expect(results.filter((result) => result === 'done')).toHaveLength(1)
    const { meta } = collectionsOf(await database().raw())
    expect(await meta.findOne({ _id: 'schema' })).toMatchObject({ value: 3 })
    expect(await meta.findOne({ _id: 'migration_lease' })).toBeNull()
  })

  test('is finished by the next process when one died in the middle', async () => {
    const db = await database().raw()
    const { meta, reservations } = collectionsOf(db)
    await meta.insertOne({ _id: 'schema', value: 0 })
    await meta.insertOne({ _id: 'migration_lease', value: Date.now() - 1, holder: 'dead' })
    await reservations.createIndex({ expiresAt: 1 }, { name: 'expiry' })
    const store = await database().open()
    await create(store, { name: 'one' })
    expect(await outcome(create(store, { name: 'one' }))).toBe('name.taken name')
  })

  test('is not touched while another process holds the lease', async () => {
    const { meta } = collectionsOf(await database().raw())
    await meta.insertOne({ _id: 'migration_lease', value: Date.now() + 60_000, holder: 'other' })
    const opening = openMongo(database().uri, { timeoutMs: 300 })
    expect(await outcome(opening)).toBe('store.unavailable')
    expect(await meta.findOne({ _id: 'schema' })).toBeNull()
  })

  test('is refused when it is newer than this release', async () => {
    const { meta } = collectionsOf(await database().raw())
    await meta.insertOne({ _id: 'schema', value: 1000 })
    const refusal = /database ostiary_test_\w+ has schema 1000, this release knows up to \d+/
    await expect(openMongo(database().uri)).rejects.toThrow(refusal)
    await expect(openMongoReadOnly(database().uri)).rejects.toThrow(refusal)
  })

  test('is not made by a reader of the log', async () => {
    await expect(openMongoReadOnly(database().uri)).rejects.toThrow('has schema 0')
    const db = await database().raw()
    expect(await db.listCollections().toArray()).toEqual([])
  })

  test('lets a reader of the log work beside running servers', async () => {
    const store = await database().open()
    await create(store)
    const reader = await openMongoReadOnly(database().uri)
    await create(store)
    expect(brokenAt(await wholeLog(reader))).toBe(0)
    expect(await reader.head()).toBe(2)
    expect(Object.keys(reader).sort()).toEqual(['close', 'events', 'head'])
    await reader.close()
  })
})
