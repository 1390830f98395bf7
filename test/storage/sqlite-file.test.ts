import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { batchRunner } from '../../src/storage/sqlite/batch.ts'
import { type Connection, connect } from '../../src/storage/sqlite/connection.ts'
import { eventWriter } from '../../src/storage/sqlite/events.ts'
import { errorFrom } from '../../src/storage/sqlite/fault.ts'
import { migrate } from '../../src/storage/sqlite/migrations.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { openSqliteReadOnly } from '../../src/storage/sqlite/read-only.ts'
import { recordStore } from '../../src/storage/sqlite/records.ts'
import type { Write, Writer } from '../../src/storage/sqlite/writes.ts'
import { create, eventFor, looseEvent, outcome } from '../contract/samples.ts'
import { sampleAccount } from '../domain/samples.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-store-'))
  path = join(folder, 'data', 'ostiary.db')
})
afterEach(() => rm(folder, { recursive: true }))

async function made(): Promise<void> {
  await (await openSqlite(path)).close()
}

function alter(...statements: readonly string[]): void {
  const db = connect(path)
  for (const statement of statements) db.run(statement)
  db.close()
}

describe('the file of the SQLite store', () => {
  test('is made with its folder, for its owner alone', async () => {
    const store = await openSqlite(path)
    await create(store)
    for (const file of [path, `${path}-wal`, `${path}.lock`]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    }
    expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700)
    await store.close()
  })

  test('is refused when its schema is newer than this release', async () => {
    await made()
    alter("UPDATE meta SET value = value + 1000 WHERE name = 'schema'")
    const refusal = new RegExp(`${path} has schema 10\\d\\d, this release knows up to \\d+`)
    await expect(openSqlite(path)).rejects.toThrow(refusal)
    await expect(openSqliteReadOnly(path)).rejects.toThrow(refusal)
    alter("UPDATE meta SET value = value - 1000 WHERE name = 'schema'")
    await made()
  })

  test('is refused when another program made it, and left as it is', async () => {
    await made()
    alter('DROP TABLE meta')
    await expect(openSqlite(path)).rejects.toThrow(`${path} was not made by Ostiary`)
  })

  test('of another program is looked at without a change to it, or anything made beside it', async () => {
    const other = join(folder, 'other.db')
    const db = connect(other)
    db.run('CREATE TABLE theirs (name TEXT)')
    db.close()
    const [bytes, names] = [await readFile(other), await readdir(folder)]
    await expect(openSqlite(other)).rejects.toThrow(`${other} was not made by Ostiary`)
    expect((await readFile(other)).equals(bytes)).toBe(true)
    expect(await readdir(folder)).toEqual(names)
  })

  test.each(['', '-wal', '.lock'])('is refused when everyone can write it: %j', async (end) => {
    await made()
    const file = `${path}${end}`
    await writeFile(file, '', { flag: 'a' })
    await chmod(file, 0o646)
    await expect(openSqlite(path)).rejects.toThrow(`chmod o-w ${file}`)
    await chmod(file, 0o600)
    await made()
  })

  test('is refused in a folder that is open to everyone', async () => {
    await made()
    const dir = join(folder, 'data')
    await chmod(dir, 0o777)
    await expect(openSqlite(path)).rejects.toThrow(`chmod o-w ${dir}`)
    await chmod(dir, 0o700)
  })

  test('is refused when it is no database', async () => {
    await made()
    await writeFile(path, 'once upon a time '.repeat(1000))
    await expect(openSqlite(path)).rejects.toThrow(`The database ${path} cannot be opened`)
    await expect(openSqliteReadOnly(path)).rejects.toThrow(`The database ${path} cannot be opened`)
    expect(await readFile(path, 'utf8')).toMatch(/^once upon a time/)
  })

  test('is refused when its pages are damaged', async () => {
    const store = await openSqlite(path)
    for (let n = 0; n < 50; n += 1) await create(store)
    await store.close()
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x5a, 4096 + 100))
    await expect(openSqlite(path)).rejects.toThrow(path)
  })

  test('can be opened after a refusal, for a refusal keeps no lock', async () => {
    await made()
    const sound = await readFile(path)
    await writeFile(path, 'nonsense'.repeat(1000))
    await expect(openSqlite(path)).rejects.toThrow(path)
    await writeFile(path, sound)
    await made()
  })

  test('is never made by the reader of the log', async () => {
    await expect(openSqliteReadOnly(path)).rejects.toThrow(`There is no database ${path}`)
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  test('cannot be written through the reader of the log', async () => {
    await made()
    await chmod(path, 0o400)
    const before = await readFile(path)
    const reader = await openSqliteReadOnly(path)
    expect(Object.keys(reader).sort()).toEqual(['close', 'events', 'head'])
    expect(await reader.head()).toBe(0)
    await reader.close()
    expect(await readFile(path)).toEqual(before)
  })
})

describe('a disk that fails under the SQLite store', () => {
  function prepared(): Connection {
    const db = connect(path)
    migrate(db, path)
    return db
  }

  /** What the writer's thread does, on a connection whose disk can be made to fail. */
  function writerOn(db: Connection): Writer {
    const run = batchRunner(db)
    const write = async (one: Write): Promise<number> => {
      for (const outcome of run([one])) {
        if ('count' in outcome) return outcome.count
        throw errorFrom(outcome.fault)
      }
      throw new Error('no outcome')
    }
    return {
      write,
      probe: async () => void (await write({ do: 'touch' })),
      close: async () => db.close(),
    }
  }

  beforeEach(made)

  test('refuses writes with store.full while it is full, writes nothing, and recovers', async () => {
    const db = prepared()
    const pages = Number(db.get('PRAGMA page_count')?.['page_count'])
    const writer = writerOn(db)
    const { get, commit } = recordStore(db, writer)
    const record = sampleAccount({ description: 'x'.repeat(100_000) })
    const event = eventFor(record)
    db.get(`PRAGMA max_page_count = ${pages}`)
    expect(await outcome(commit('account', record, event))).toBe('store.full')
    db.get(`PRAGMA query_only = ON`)
    await expect(writer.probe()).rejects.toThrow()
    db.get(`PRAGMA query_only = OFF`)
    await expect(writer.probe()).resolves.toBeUndefined()
    expect(await get('account', record.id)).toBeUndefined()
    expect(db.get('SELECT count(*) AS n FROM event')).toEqual({ n: 0 })
    db.get(`PRAGMA max_page_count = ${pages + 1000}`)
    expect(await outcome(commit('account', record, event))).toBe('done')
    db.close()
  })

  test('acknowledges no more writes once an fsync failed, and still reads', async () => {
    const db = prepared()
    const fsyncFailed = { code: 'ERR_SQLITE_ERROR', errcode: 1034 }
    const failing = async () =>
      db.write(() => {
        throw Object.assign(new Error('disk I/O error'), fsyncFailed)
      })
    expect(await outcome(failing())).toBe('store.unavailable')
    const writer = writerOn(db)
    const { append } = eventWriter(writer)
    expect(await outcome(append(looseEvent()))).toBe('store.unavailable')
    await expect(writer.probe()).rejects.toThrow()
    expect(db.get('SELECT count(*) AS n FROM event')).toEqual({ n: 0 })
    db.close()
  })
})
