import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from '@jest/globals'
import { verifyLog } from '../../src/domain/audit/verify.ts'
import { openLogReadOnly } from '../../src/storage/open.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { looseEvent, times } from '../contract/samples.ts'
import { describeMongo, emptyDatabase } from './mongo-database.ts'

/** A row as it is stored: what the entry is found by, and the entry as JSON. */
interface Row {
  readonly seq: number | string
  readonly id: string
  readonly at: number
  readonly actorId: string
  readonly targetId: string
  readonly body: string
}

/** A log of five entries that somebody with write access changes, and its address. */
interface Tampered {
  readonly uri: string
  change(seq: number, changes: Partial<Row>): Promise<void>
  add(row: Row): Promise<void>
}

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const five = () => times(5, () => looseEvent())

async function onSqlite(): Promise<Tampered> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-tampering-'))
  undo.push(() => rm(dir, { recursive: true }))
  const file = join(dir, 'ostiary.db')
  const store = await openSqlite(file)
  for (const event of five()) await store.append(event)
  await store.close()
  const run = (sql: string, values: readonly (string | number)[]) => {
    using db = new DatabaseSync(file)
    db.prepare(sql).run(...values)
  }
  const columns = { seq: 'seq', id: 'id', at: 'at', body: 'body' } as const
  const named = { ...columns, actorId: 'actor_id', targetId: 'target_id' } as const
  return {
    uri: `sqlite:${file}`,
    async change(seq, changes) {
      for (const [name, column] of Object.entries(named)) {
        const value = new Map(Object.entries(changes)).get(name)
        if (value !== undefined) run(`UPDATE event SET ${column} = ? WHERE seq = ?`, [value, seq])
      }
    },
    async add({ seq, id, at, actorId, targetId, body }) {
      run('INSERT INTO event (seq, id, at, actor_id, target_id, body) VALUES (?, ?, ?, ?, ?, ?)', [
        ...[seq, id, at, actorId, targetId, body],
      ])
    },
  }
}

async function onMongo(): Promise<Tampered> {
  const database = emptyDatabase()
  undo.push(() => database.leave())
  const store = await database.open()
  for (const event of five()) await store.append(event)
  const events = (await database.raw()).collection<Omit<Row, 'seq'> & { _id: number | string }>(
    'events',
  )
  return {
    uri: database.uri,
    async change(seq, changes) {
      await events.updateOne({ _id: seq }, { $set: changes })
    },
    async add({ seq, ...row }) {
      await events.insertOne({ _id: seq, ...row })
    },
  }
}

/** An entry that nobody chained, under a number that no entry has. */
function planted(seq: number | string, body: object = {}): Row {
  const event = { ...looseEvent(), seq, previousHash: '', hash: 'x', ...body }
  const { id, at, actor, target } = event
  return { seq, id, at, actorId: actor.id, targetId: target.id, body: JSON.stringify(event) }
}

async function verdictOf({ uri }: Tampered) {
  const log = await openLogReadOnly(uri)
  try {
    return await verifyLog(log)
  } finally {
    await log.close()
  }
}

async function bodyOf({ uri }: Tampered, seq: number): Promise<object> {
  const log = await openLogReadOnly(uri)
  const [event] = await log.events({ after: seq - 1, limit: 1 })
  await log.close()
  return { ...event }
}

function everyChangeIsSeen(open: () => Promise<Tampered>): void {
  test('is sound as it was written', async () => {
    expect(await verdictOf(await open())).toMatchObject({ isSound: true, count: 5 })
  })

  test.each<readonly [string, Partial<Row>]>([
    ['actor', { actorId: '' }],
    ['target', { targetId: '' }],
    ['time', { at: 1 }],
    ['id', { id: `evt_${randomUUID()}` }],
  ])('is broken where an entry is found by another %s than its own', async (_, changes) => {
    const log = await open()
    await log.change(3, changes)
    expect(await verdictOf(log)).toEqual({ isSound: false, brokenAt: 3 })
  })

  test('is broken where an entry has a member that was not written', async () => {
    const log = await open()
    await log.change(2, { body: JSON.stringify({ ...(await bodyOf(log, 2)), approvedBy: 'root' }) })
    expect(await verdictOf(log)).toEqual({ isSound: false, brokenAt: 2 })
  })

  test.each([-1, 0])('is broken by an entry of the number %d', async (seq) => {
    const log = await open()
    await log.add(planted(seq))
    expect(await verdictOf(log)).toEqual({ isSound: false, brokenAt: 1 })
  })
}

describe('a log in a SQLite file', () => {
  everyChangeIsSeen(onSqlite)
})

describeMongo('a log in a MongoDB database', () => {
  everyChangeIsSeen(onMongo)

  test.each([
    ['between two others', 2.5, 3],
    ['that is no number', 'x', 6],
  ])('is broken by an entry of a number %s', async (_, seq, brokenAt) => {
    const log = await onMongo()
    await log.add(planted(seq, { seq: 6 }))
    expect(await verdictOf(log)).toEqual({ isSound: false, brokenAt })
  })

  test('grows as before beside an entry of a number that is none', async () => {
    const log = await onMongo()
    await log.add(planted('x'))
    const database = await openLogReadOnly(log.uri)
    undo.push(() => database.close())
    expect(await database.head()).toBe(5)
  })
})
