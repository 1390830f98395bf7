import { expect, test } from '@jest/globals'
import { type Db, MongoServerError } from 'mongodb'
import type { Account } from '../../src/domain/accounts/account.ts'
import type { NewEvent } from '../../src/domain/audit/event.ts'
import { kinds } from '../../src/domain/records.ts'
import { collectionsOf, type Outbox } from '../../src/storage/mongo/documents.ts'
import { logOn } from '../../src/storage/mongo/log.ts'
import { outboxOf, placesIn, settling } from '../../src/storage/mongo/outbox.ts'
import { encode } from '../../src/storage/stored-record.ts'
import {
  brokenAt,
  change,
  create,
  eventFor,
  outcome,
  times,
  tombstone,
  wholeLog,
} from '../contract/samples.ts'
import { noon, sampleAccount } from '../domain/samples.ts'
import { databasePerTest, describeMongo } from './mongo-database.ts'

/** Writes the record as a commit does, and ends there, as a process that is killed does. */
async function writeAndDie(db: Db, record: Account, event: NewEvent): Promise<void> {
  const { id: _id, scope: within, purgeAfter, ...stored } = encode('account', record)
  const time = purgeAfter === undefined ? {} : { purgeAfter }
  const document = { _id, within, ...stored, ...time, outbox: outboxOf(event) }
  await collectionsOf(db).records('account').replaceOne({ _id }, document, { upsert: true })
}

interface Planted {
  readonly _id: string
  readonly outbox?: Outbox
}

const hasUnion = (stage: object) => '$unionWith' in stage

async function outboxes(db: Db): Promise<number> {
  return await collectionsOf(db)
    .records('account')
    .countDocuments({ outbox: { $exists: true } })
}

describeMongo('MongoDB after a crash', () => {
  const database = databasePerTest('leave')

  test('brings the event to the log, once, where the commit had not come so far', async () => {
    const [one, other] = [await database().open(), await database().open()]
    const db = await database().raw()
    const made = await create(one)
    const record = sampleAccount()
    await writeAndDie(db, record, eventFor(record))
    expect(await one.head()).toBe(1)
    await Promise.all([other.settle(), one.settle(), other.settle()])
    const events = await wholeLog(one)
    expect(events.map(({ id }) => id)).toEqual([`${made.id}:1`, `${record.id}:1`])
    expect(brokenAt(events)).toBe(0)
    expect(await outboxes(db)).toBe(0)
    expect(await other.get('account', record.id)).toEqual(record)
  })

  test.each(['all kinds at once', 'one kind after the other'])(
    'finds what is left of every kind where the server is asked for %s',
    async (way) => {
      const store = await database().open()
      const db = await database().raw()
      const place = placesIn(collectionsOf(db), logOn(collectionsOf(db)))
      const asked: string[] = []
      const settle = settling((kind) => {
        const { records, ...rest } = place(kind)
        const aggregate: typeof records.aggregate = (pipeline = []) => {
          asked.push(kind)
          const isRefused = way !== 'all kinds at once' && pipeline.some(hasUnion)
          return records.aggregate(isRefused ? [{ $unknownStage: {} }] : pipeline)
        }
        return { ...rest, records: Object.assign(Object.create(records), { aggregate }) }
      })
      const left = [...kinds].map((kind, n) => ({
        kind,
        _id: `x${n}`,
        event: eventFor(sampleAccount()),
      }))
      for (const { kind, _id, event } of left) {
        await db.collection<Planted>(kind).insertOne({ _id, outbox: outboxOf(event) })
      }
      await settle()
      const told = (await wholeLog(store)).map(({ id }) => id)
      expect(told.toSorted()).toEqual(left.map(({ event }) => event.id).toSorted())
      for (const { kind, _id } of left) {
        expect([kind, await db.collection<Planted>(kind).findOne({ _id })]).toEqual([kind, { _id }])
      }
      await settle()
      const [first] = kinds
      expect(asked).toEqual(
        way === 'all kinds at once' ? [first, first] : [first, ...kinds, ...kinds],
      )
    },
  )

  test('empties the outbox and leaves the log, where the event had reached it', async () => {
    const one = await database().open()
    const db = await database().raw()
    const record = sampleAccount()
    const event = eventFor(record)
    await writeAndDie(db, record, event)
    await one.append(event)
    await one.settle()
    expect(await one.head()).toBe(1)
    expect(await outboxes(db)).toBe(0)
  })

  test.each(['before', 'after'])(
    'takes the same commit again as a success, %s the event was logged',
    async (moment) => {
      const one = await database().open()
      const db = await database().raw()
      const record = sampleAccount()
      const event = eventFor(record)
      await writeAndDie(db, record, event)
      if (moment === 'after') await one.append(event)
      expect(await outcome(one.commit('account', record, event))).toBe('done')
      expect(await one.head()).toBe(1)
      expect(await outboxes(db)).toBe(0)
    },
  )

  test('lets no rival with the same event id take the half-done write for its own', async () => {
    const one = await database().open()
    const record = sampleAccount()
    await writeAndDie(await database().raw(), record, eventFor(record))
    expect(await outcome(one.commit('account', record, eventFor(record)))).toBe('record.conflict')
    await one.settle()
    expect(await one.head()).toBe(1)
  })

  test('finishes what is left before the next write, so that events are in the order of versions', async () => {
    const one = await database().open()
    const record = sampleAccount()
    await writeAndDie(await database().raw(), record, eventFor(record))
    await change(one, record, { description: 'next' })
    const ids = (await wholeLog(one)).map(({ id }) => id)
    expect(ids).toEqual([`${record.id}:1`, `${record.id}:2`])
  })

  test('keeps a tombstone until its event is in the log', async () => {
    const one = await database().open()
    const dead = tombstone(await create(one))
    await writeAndDie(await database().raw(), dead, eventFor(dead))
    expect(await one.sweep(noon + 1)).toEqual({ removed: 0, more: false })
    await one.settle()
    expect(await one.sweep(noon + 1)).toEqual({ removed: 1, more: false })
    expect((await wholeLog(one)).map(({ id }) => id)).toContain(`${dead.id}:2`)
  })

  test('settles many outboxes by several processes beside writers, each event once', async () => {
    const stores = await Promise.all(times(3, () => database().open()))
    const [one] = stores
    const db = await database().raw()
    const left = times(30, () => sampleAccount())
    await Promise.all(left.map((record) => writeAndDie(db, record, eventFor(record))))
    const made = await Promise.all(
      stores.flatMap((store) => [
        ...times(5, () => create(store).then(({ id }) => id)),
        store.settle().then(() => ''),
      ]),
    )
    const events = one ? await wholeLog(one) : []
    expect(brokenAt(events)).toBe(0)
    const expected = [...left.map(({ id }) => id), ...made.filter((id) => id !== '')]
    expect(events.map(({ id }) => id).sort()).toEqual(expected.map((id) => `${id}:1`).sort())
    expect(await outboxes(db)).toBe(0)
  })

  test('has a horizon that covers what a sweep without an end may have removed', async () => {
    const one = await database().open()
    const { meta } = collectionsOf(await database().raw())
    await one.reserve('expired', noon)
    await meta.updateOne({ _id: 'claim_horizon' }, { $max: { value: noon + 5 } })
    expect(await one.reservationHorizon()).toBe(noon + 5)
    expect(await one.sweep(noon + 1)).toEqual({ removed: 1, more: false })
    expect(await one.reservationHorizon()).toBe(noon + 5)
  })
})

test('a server that refused once to answer for all kinds is asked for all again a minute later', async () => {
  const asked: string[] = []
  let refusals = 1
  const settle = settling((kind) => {
    const aggregate = (pipeline: readonly object[]) => {
      asked.push(pipeline.some(hasUnion) ? 'all' : kind)
      const isRefused = pipeline.some(hasUnion) && refusals > 0
      if (isRefused) refusals -= 1
      const refused = new MongoServerError({ message: 'interrupted', code: 11601 })
      return { toArray: () => (isRefused ? Promise.reject(refused) : Promise.resolve([])) }
    }
    return Object.assign(Object.create(null), { records: { aggregate } })
  })
  for (let round = 0; round < 62; round += 1) await settle()
  const apart = Array.from({ length: 60 }, () => kinds).flat()
  expect(asked).toEqual(['all', ...apart, 'all', 'all'])
})
