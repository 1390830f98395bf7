import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from '@jest/globals'
import { BSON } from 'mongodb'
import { fingerprint } from '../../src/domain/secret.ts'
import type { Store } from '../../src/domain/store.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { change, create, outcome } from '../contract/samples.ts'
import { describeMongo, newDatabase } from './mongo-database.ts'

const release = resolve(import.meta.dirname, 'release-0.1.0')
const former = (name: string) => fingerprint(`root\0${name.normalize('NFKC').toLowerCase()}`)

/** Names that the release took for different ones, by the order of the accounts. */
const names = ['Straße', 'STRASSE', '\u03a3\u0391\u03a3', 'plain'] as const

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const renamed = (body: unknown, name: string) =>
  JSON.stringify({ ...JSON.parse(String(body)), name })

async function onSqlite(): Promise<Store> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-folded-'))
  undo.push(() => rm(dir, { recursive: true }))
  const file = join(dir, 'ostiary.db')
  await cp(join(release, 'ostiary.db'), file)
  const db = new DatabaseSync(file)
  const select =
    "SELECT id, body FROM record WHERE kind = 'account' AND live = 1 ORDER BY id LIMIT 4"
  for (const [n, { id, body }] of db.prepare(select).all().entries()) {
    const name = names[n] ?? ''
    const update = "UPDATE record SET body = ? WHERE kind = 'account' AND id = ?"
    db.prepare(update).run(renamed(body, name), String(id))
    const key =
      "UPDATE record_key SET value = ? WHERE kind = 'account' AND name = 'name' AND id = ?"
    db.prepare(key).run(former(name), String(id))
  }
  db.close()
  const store = await openSqlite(file)
  undo.push(() => store.close())
  return store
}

async function onMongo(): Promise<Store> {
  const database = newDatabase()
  undo.push(() => database.drop())
  const db = await database.raw()
  const dump = BSON.EJSON.parse(await readFile(join(release, 'mongo.json'), 'utf8'))
  for (const [name, { documents }] of Object.entries<{ documents: object[] }>(dump)) {
    if (documents.length > 0) await db.collection(name).insertMany(documents)
  }
  const accounts = db.collection<{ _id: string; body: string }>('account')
  for (const [n, name] of names.entries()) {
    const [found] = await accounts.find({ live: true }).sort({ _id: 1 }).skip(n).limit(1).toArray()
    const body = renamed(found?.body, name)
    const set = { $set: { body, 'keys.name': former(name) } }
    await accounts.updateOne({ _id: found?._id ?? '' }, set)
  }
  return await database.open(10_000)
}

function everyNameWorks(open: () => Promise<Store>): void {
  const byKey = (store: Store, folded: string) => store.find('account', 'name', `root\0${folded}`)

  test('has its names compared anew, and nobody can take them in another case', async () => {
    const store = await open()
    expect(await byKey(store, 'strasse')).toMatchObject({ name: 'STRASSE' })
    expect(await byKey(store, '\u03c3\u03b1\u03c3')).toMatchObject({ name: names[2] })
    expect(await byKey(store, 'plain')).toMatchObject({ name: 'plain' })
    for (const name of ['strasse', 'straße', '\u03c3\u03b1\u03c2', 'PLAIN']) {
      expect([name, await outcome(create(store, { name }))]).toEqual([name, 'name.taken name'])
    }
  })

  test('keeps two accounts at work whose names have become one, until one is renamed', async () => {
    const store = await open()
    const twins = (await store.list('account', { limit: 100 })).filter(
      ({ name }) => name === 'STRASSE' || name === 'Straße',
    )
    expect(twins).toHaveLength(2)
    const changed = []
    for (const twin of twins) changed.push(await change(store, twin, { description: 'new' }))
    const [first] = changed
    if (!first) throw new Error('no account')
    const { nameFold, ...rest } = first
    expect([first.name, nameFold]).toEqual(['Straße', 'former'])
    const again = change(store, { ...rest, version: first.version }, { name: 'Straße' })
    expect(await outcome(again)).toBe('name.taken name')
    const free = { ...rest, name: 'Gasse', version: first.version }
    expect(await change(store, free, {})).toMatchObject({ name: 'Gasse' })
    expect(await outcome(create(store, { name: 'gaSSe' }))).toBe('name.taken name')
  })
}

describe('a SQLite store of the release 0.1.0', () => everyNameWorks(onSqlite))
describeMongo('a MongoDB database of the release 0.1.0', () => everyNameWorks(onMongo))
