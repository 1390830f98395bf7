import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { batchRunner, type Outcome } from '../../src/storage/sqlite/batch.ts'
import { connect } from '../../src/storage/sqlite/connection.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { threadFor } from '../../src/storage/sqlite/threads.ts'
import { startWriter } from '../../src/storage/sqlite/writer.ts'
import type { Write, Writer } from '../../src/storage/sqlite/writes.ts'
import { encode } from '../../src/storage/stored-record.ts'
import {
  brokenAt,
  create,
  eventFor,
  looseEvent,
  outcome,
  tally,
  times,
  wholeLog,
} from '../contract/samples.ts'
import { sampleAccount } from '../domain/samples.ts'
import { eventually } from '../support/eventually.ts'

let folder: string
let path: string
const writers: Writer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-store-'))
  path = join(folder, 'ostiary.db')
  await (await openSqlite(path)).close()
})
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.close()
  await rm(folder, { recursive: true })
})

function commit(record = sampleAccount()): Write {
  const event = JSON.stringify(eventFor(record))
  return { do: 'commit', kind: 'account', record: encode('account', record), event }
}

function append(): Write {
  return { do: 'append', event: JSON.stringify(looseEvent()) }
}

function eventsIn(file: string): unknown {
  const db = connect(file)
  try {
    return db.get('SELECT count(*) AS events FROM event')?.['events']
  } finally {
    db.close()
  }
}

/** The code of the Problem that a write came to. */
function codeOf(outcome: Outcome): string | undefined {
  return 'fault' in outcome && outcome.fault.kind === 'problem' ? outcome.fault.code : undefined
}

describe('a batch of writes', () => {
  test('shares one transaction, and each refusal in it is alone', () => {
    const db = connect(path)
    const [one, two] = [sampleAccount({ name: 'one' }), sampleAccount({ name: 'ONE' })]
    const outcomes = batchRunner(db)([commit(one), commit(two), append(), commit(one), append()])
    expect(outcomes.map((outcome) => ('count' in outcome ? 'done' : codeOf(outcome)))).toEqual([
      'done',
      'name.taken',
      'done',
      'record.conflict',
      'done',
    ])
    db.close()
  })

  test('fails as a whole with store.full when there is no room, and takes nothing along', () => {
    const db = connect(path)
    const run = batchRunner(db)
    run([append()])
    db.get(`PRAGMA max_page_count = ${Number(db.get('PRAGMA page_count')?.['page_count'])}`)
    const big = commit(sampleAccount({ description: 'x'.repeat(100_000) }))
    const codes = run([append(), big, append()]).map(codeOf)
    expect(codes).toEqual(['store.full', 'store.full', 'store.full'])
    db.get('PRAGMA max_page_count = 100000')
    run([append(), big])
    const events = db
      .all('SELECT body FROM event ORDER BY seq')
      .map(({ body }) => JSON.parse(String(body)))
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(brokenAt(events)).toBe(0)
    db.close()
  })
})

describe('the thread that writes', () => {
  function workerOf(script: string): Worker {
    return new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
  }

  /** A thread that runs this script instead of the writer's. */
  function threadOf(script: string, silenceMs = 5000): Writer {
    const writer = startWriter(path, { worker: workerOf(script), silenceMs })
    writers.push(writer)
    return writer
  }

  const answering = "import { parentPort as port } from 'node:worker_threads'\n"

  test.each([
    ['cannot start', "throw new Error('no')"],
    ['ends', 'process.exit(1)'],
    ['ends in the middle of a batch', `${answering}port.on('message', () => process.exit(1))`],
  ])('and %s fails what waits and what comes later with store.unavailable', async (_, script) => {
    const writer = threadOf(script)
    const results = await Promise.all(times(300, () => outcome(writer.write(append()))))
    expect(tally(results)).toEqual({ 'store.unavailable': 300 })
    expect(await outcome(writer.write(append()))).toBe('store.unavailable')
    expect(await outcome(writer.probe())).toBe('store.unavailable')
    await writer.close()
  })

  test('and is silent fails what waits in time, and is used again when it answers', async () => {
    const writer = threadOf(
      `${answering}let held
       port.on('message', (batch) => {
         if (batch === 'close') return port.close()
         const answer = batch.map(() => ({ count: 7 }))
         if (held) return port.postMessage(answer)
         held = answer
         setTimeout(() => port.postMessage(held), 300)
       })`,
      100,
    )
    const results = await Promise.all(times(300, () => outcome(writer.write(append()))))
    expect(tally(results)).toEqual({ 'store.unavailable': 300 })
    expect(await outcome(writer.probe())).toBe('store.unavailable')
    await eventually(
      () => outcome(writer.probe()),
      (result) => result === 'done',
    )
    expect(await writer.write(append())).toBe(7)
  })

  test('is asked by a probe for a write, once one found no room, until one finds room', async () => {
    const writer = threadOf(
      `${answering}let full = 3
       port.on('message', (batch) => {
         if (batch === 'close') return port.close()
         full -= 1
         const details = { retryAfterSeconds: 30 }
         const fault = { kind: 'problem', code: 'store.full', details }
         port.postMessage(batch.map(() => full > 0 ? { fault } : { count: 1 }))
       })`,
    )
    await expect(writer.probe()).resolves.toBeUndefined()
    expect(await outcome(writer.write(append()))).toBe('store.full')
    expect(await outcome(writer.probe())).toBe('store.full')
    expect(await outcome(writer.probe())).toBe('done')
  })

  test('finds no room where only a write as small as that of a probe has some', async () => {
    let freeBytes = 3 * 4096
    const worker = workerOf(
      `${answering}port.on('message', (batch) => {
         if (batch === 'close') return port.close()
         const fault = { kind: 'problem', code: 'store.full', details: { retryAfterSeconds: 30 } }
         port.postMessage(batch.map((write) => write.do === 'commit' ? { fault } : { count: 1 }))
       })`,
    )
    const writer = startWriter(path, { worker, freeBytes: async () => freeBytes })
    writers.push(writer)
    expect(await outcome(writer.probe())).toBe('done')
    expect(await outcome(writer.write(commit()))).toBe('store.full')
    expect(await outcome(writer.write(append()))).toBe('done')
    expect(await outcome(writer.probe())).toBe('store.full')
    freeBytes = 1024 * 1024 * 1024
    expect(await outcome(writer.probe())).toBe('done')
    freeBytes = 0
    expect(await outcome(writer.probe())).toBe('done')
  })

  test('refuses at once what goes beyond the bound of those who wait, in number and in bytes', async () => {
    const idle = `${answering}port.on('message', (batch) => batch === 'close' && port.close())`
    const small = threadOf(idle, 300)
    const refused: unknown[] = []
    const note = (error: unknown) => refused.push(error)
    const writes = times(6000, () => small.write(append()).catch(note))
    await Promise.resolve()
    expect(refused).toHaveLength(1000)
    const large = threadOf(idle, 300)
    const big = commit(sampleAccount({ description: 'x'.repeat(1024 * 1024) }))
    writes.push(...times(100, () => large.write(big).catch(note)))
    await Promise.resolve()
    expect(refused.length).toBeGreaterThanOrEqual(1000 + 30)
    await Promise.all(writes)
  })

  test('finishes what waits when the store is closed, and then lets the file go', async () => {
    const store = await openSqlite(path)
    const made = times(600, () => create(store))
    await Promise.all([store.close(), store.close()])
    await Promise.all(made)
    const again = await openSqlite(path)
    const events = await wholeLog(again)
    expect(events).toHaveLength(600)
    expect(brokenAt(events)).toBe(0)
    await again.close()
  })
})

describe('a thread that has let its file go', () => {
  let other: string

  beforeEach(async () => {
    other = join(folder, 'other.db')
    await (await openSqlite(other)).close()
  })

  test('takes the next file, and leaves the one before alone', async () => {
    const worker = threadFor({ file: path, restMs: 1 })
    const before = startWriter(path, { worker })
    await before.write(append())
    await before.close()
    const next = startWriter(other)
    await next.write(append())
    await next.write(append())
    await next.close()
    expect(threadFor({ file: path, restMs: 1 })).toBe(worker)
    await startWriter(path, { worker }).close()
    expect([path, other].map(eventsIn)).toEqual([1, 2])
  })

  test('is followed by another where it has ended', async () => {
    const worker = threadFor({ file: path, restMs: 1 })
    await startWriter(path, { worker }).close()
    await worker.terminate()
    const next = startWriter(other)
    writers.push(next)
    expect(await next.write(append())).toBe(1)
  })

  test('is ended where two wait for a file already', async () => {
    const files = await Promise.all(
      times(3, async (index) => {
        const file = join(folder, `${index}.db`)
        await copyFile(other, file)
        return file
      }),
    )
    const threads = files.map((file) => ({ file, worker: threadFor({ file, restMs: 1 }) }))
    for (const { file, worker } of threads) await startWriter(file, { worker }).close()
    const workers = threads.map(({ worker }) => worker)
    const ended = () => workers.filter(({ threadId }) => threadId === -1)
    await eventually(() => ended().length > 0)
    expect(ended()).toEqual([workers[2]])
  })
})

test('what was written is in the database file itself before long, though the server goes on', async () => {
  const writer = startWriter(path, { restMs: 1 })
  writers.push(writer)
  const account = sampleAccount()
  await writer.write(commit(account))
  const copy = join(folder, 'copy.db')
  const isWhole = await eventually(async () => {
    await copyFile(path, copy)
    const db = connect(copy)
    try {
      return db.get('SELECT 1 FROM record WHERE id = ?', account.id) !== undefined
    } finally {
      db.close()
    }
  })
  expect(isWhole).toBe(true)
})
