import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { openSqliteReadOnly } from '../../src/storage/sqlite/read-only.ts'
import { brokenAt, create, wholeLog } from '../contract/samples.ts'

const script = fileURLToPath(new URL('./sqlite-process.ts', import.meta.url))

let folder: string
let path: string
let children: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-store-'))
  path = join(folder, 'ostiary.db')
  children = []
})
afterEach(async () => {
  for (const child of children) await kill(child)
  await rm(folder, { recursive: true })
})

function start(task: 'hold' | 'write') {
  const child = spawn(process.execPath, [script, task, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('processes on one SQLite file', () => {
  test('a second one is refused with a message that names the file', async () => {
    const first = start('hold')
    expect((await first.lines.next()).value).toBe('open')
    const refusal = `Another process uses the database ${path}`
    expect((await start('hold').lines.next()).value).toContain(`refused: ${refusal}`)
    await expect(openSqlite(path)).rejects.toThrow(refusal)
  })

  test('a refused one does not take the lock away from the first', async () => {
    const store = await openSqlite(path)
    await expect(openSqlite(path)).rejects.toThrow('Another process')
    expect((await start('hold').lines.next()).value).toContain('refused')
    await store.close()
  })

  test('another one may open the file after the first has closed it', async () => {
    const first = start('hold')
    await first.lines.next()
    first.child.stdin.end('close\n')
    await once(first.child, 'exit')
    await (await openSqlite(path)).close()
  })

  test('another one may open the file after the first was killed', async () => {
    const first = start('hold')
    await first.lines.next()
    await kill(first.child)
    await (await openSqlite(path)).close()
  })

  test('a reader of the log works beside a running server, and sees what comes', async () => {
    const store = await openSqlite(path)
    await create(store)
    const reader = await openSqliteReadOnly(path)
    expect(await reader.head()).toBe(1)
    await create(store)
    expect(brokenAt(await wholeLog(reader))).toBe(0)
    expect(await reader.head()).toBe(2)
    await reader.close()
    await store.close()
  })

  test.each([1, 40, 150])(
    'kill -9 after %i writes loses nothing that was acknowledged',
    async (n) => {
      const { child, lines } = start('write')
      const acknowledged: string[] = []
      while (acknowledged.length < n) acknowledged.push((await lines.next()).value ?? '')
      child.kill('SIGKILL')
      for (let more = await lines.next(); !more.done; more = await lines.next()) {
        acknowledged.push(more.value)
      }
      const store = await openSqlite(path)
      const events = await wholeLog(store)
      const logged = events.map(({ id }) => id)
      expect(brokenAt(events)).toBe(0)
      expect(logged.slice(0, acknowledged.length)).toEqual(acknowledged)
      // Of the writes that were under way, one can have been finished without being acknowledged.
      expect(logged.length - acknowledged.length).toBeLessThanOrEqual(1)
      for (const id of new Set(events.map(({ target }) => target.id))) {
        const written = logged.filter((entry) => entry.startsWith(id)).length
        expect((await store.get('account', id))?.version).toBe(written)
      }
      await create(store)
      await store.close()
    },
  )
})
