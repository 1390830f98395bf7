import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { chain } from '../../src/domain/audit/chain.ts'
import { jwsOf, makeCheckpoint } from '../../src/domain/audit/checkpoint.ts'
import type { Event } from '../../src/domain/audit/event.ts'
import type { Store } from '../../src/domain/store.ts'
import { signCheckpoint } from '../../src/signing/checkpoint.ts'
import { folderPlace } from '../../src/signing/folder.ts'
import { type Keyring, openKeyring } from '../../src/signing/keyring.ts'
import { openStore } from '../../src/storage/open.ts'
import { looseEvent, times } from '../contract/samples.ts'
import { noon } from '../domain/samples.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { ostiary } from './command-line.ts'

onEachStore('ostiary audit verify --jwks', (kind) => {
  let dir: string
  let env: Record<string, string>
  let ring: Keyring
  let jwks: string
  const undo: (() => Promise<unknown>)[] = []

  async function opened(): Promise<Store> {
    const uri = env['OSTIARY_STORAGE_URI'] ?? ''
    return await openStore({ uri, timeoutSeconds: 5, startTimeoutSeconds: 5 }, () => {})
  }

  /** 105 entries, where nothing else is said: the hundredth is a checkpoint. */
  async function writeLog({ before, after } = { before: 99, after: 5 }): Promise<Event[]> {
    const store = await opened()
    await Promise.all(times(before, () => store.append(looseEvent({ at: noon }))))
    await makeCheckpoint(store, noon, (checkpoint) => signCheckpoint(ring.current, checkpoint))
    for (const event of times(after, () => looseEvent({ at: noon }))) await store.append(event)
    const events = await store.events({ limit: 1000 })
    await store.close()
    return [...events]
  }

  /** Puts other bodies in the place of those that are there, as only the owner of the store can. */
  async function overwrite(events: readonly Event[]): Promise<void> {
    const uri = env['OSTIARY_STORAGE_URI'] ?? ''
    if (kind.name === 'MongoDB') {
      const client = await MongoClient.connect(uri)
      const collection = client.db().collection<{ _id: number }>('events')
      for (const event of events) {
        await collection.updateOne({ _id: event.seq }, { $set: { body: JSON.stringify(event) } })
      }
      return await client.close()
    }
    using db = new DatabaseSync(uri.slice('sqlite:'.length))
    const update = db.prepare('UPDATE event SET body = ? WHERE seq = ?')
    for (const event of events) update.run(JSON.stringify(event), event.seq)
  }

  const verify = (...args: readonly string[]) => ostiary(['audit', 'verify', ...args], env)

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-proof-'))
    undo.push(() => rm(dir, { recursive: true }))
    const fresh = kind.fresh()
    undo.push(() => fresh.leave())
    const uri = `sqlite:${join(dir, 'ostiary.db')}`
    env = { OSTIARY_DATA_DIR: dir, OSTIARY_STORAGE_URI: uri, ...fresh.env }
    const alg = 'ES256'
    const options = {
      place: folderPlace(join(dir, 'keys')),
      alg,
      now: Date.now,
      maxTokenLifetimeSeconds: 60,
    } as const
    ring = await openKeyring(options)
    jwks = join(dir, 'jwks.json')
    await writeFile(jwks, JSON.stringify({ keys: ring.published }))
  })
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })

  test('proves the log up to its last checkpoint, and says how much is after it', async () => {
    await writeLog()
    const { code, stdout } = await verify('--jwks', jwks)
    expect([code, stdout]).toEqual([0, expect.stringContaining('proven up to number 99')])
    const { json } = await verify('--jwks', jwks, '--json')
    const { kid } = ring.current
    const proven = { entry: 99, kid, at: new Date(noon).toISOString() }
    expect(json).toMatchObject({ sound: true, count: 105, proven, unknown: [] })
  })

  test('is told in the singular where there is one of a thing', async () => {
    const store = await opened()
    await store.append(looseEvent({ at: noon }))
    await store.close()
    expect((await verify()).stdout).toMatch(/^sound: 1 entry, the last hash is /)
    await writeLog({ before: 98, after: 0 })
    expect((await verify('--jwks', jwks)).stdout).toContain('the rest (1 entry) agrees with itself')
  })

  test('finds an entry that was rewritten, with all hashes after it made anew', async () => {
    const forged: Event[] = []
    for (const { hash: _hash, previousHash: _before, ...event } of await writeLog()) {
      const changed = event.seq === 50 ? { ...event, requestId: 'forged' } : event
      forged.push(chain(changed, forged.at(-1)))
    }
    await overwrite(forged)
    expect(await verify()).toMatchObject({ code: 0 })
    const { code, stdout } = await verify('--jwks', jwks)
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^broken at number 100:/)])
  })

  test('needs the key set of that time for a key that is published no more', async () => {
    await writeLog()
    const later = join(dir, 'later.json')
    const other = await openKeyring({
      ...{ place: folderPlace(join(dir, 'other')), alg: 'ES256' },
      ...{ now: Date.now, maxTokenLifetimeSeconds: 60 },
    })
    await writeFile(later, JSON.stringify({ keys: other.published }))
    const unproven = await verify('--jwks', later)
    expect(unproven).toMatchObject({ code: 1, stdout: expect.stringContaining('proven: nothing') })
    const strangers = `1 later checkpoint of keys that no --jwks has: ${ring.current.kid}`
    expect(unproven.stdout).toContain(strangers)
    expect(await verify('--jwks', later, '--jwks', jwks)).toMatchObject({ code: 0 })
  })

  test('begins at a checkpoint that was kept, as text or in a file', async () => {
    const events = await writeLog()
    const jws = events.map(jwsOf).find((text) => text !== undefined) ?? ''
    const file = join(dir, 'checkpoint')
    await writeFile(file, `${jws}\n`)
    for (const from of [jws, file]) {
      expect(await verify('--from', from)).toMatchObject({ code: 0 })
      expect(await verify('--from', from, '--jwks', jwks)).toMatchObject({ code: 0 })
    }
    const [first] = events
    if (!first) throw new Error('no log')
    await overwrite([{ ...first, requestId: 'forged' }])
    expect(await verify()).toMatchObject({ code: 1 })
    expect(await verify('--from', jws)).toMatchObject({ code: 0 })
    expect(await verify('--from', `${jws.slice(0, -4)}AAAA`, '--jwks', jwks)).toMatchObject({
      code: 2,
    })
    expect(await verify('--from', jwks)).toMatchObject({ code: 2 })
  })

  test('reads the keys at a URL, and says what is wrong with a source', async () => {
    await writeLog()
    await writeFile(join(dir, 'empty'), '{}')
    const site = createServer((request, response) => {
      const body = request.url === '/jwks' ? JSON.stringify({ keys: ring.published }) : 'no keys'
      response.end(request.url === '/long' ? 'x'.repeat(2_000_000) : body)
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const address = site.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    undo.push(async () => void site.close())
    expect(await verify('--jwks', `${url}/jwks`)).toMatchObject({ code: 0 })
    for (const source of [
      `${url}/other`,
      `${url}/long`,
      'http://keys.example/',
      join(dir, 'none'),
      join(dir, 'empty'),
    ]) {
      const { code, stderr } = await verify('--jwks', source)
      expect([code, stderr]).toEqual([2, expect.stringContaining('--jwks')])
    }
  })
})

onEachStore('a running server', (store) => {
  test('signs what is new in its log once an hour', async () => {
    const server = await startTestServer({ store })
    const checkpoints = async () =>
      (await server.manage('GET', '/api/audit?target=(audit log)')).body
    expect(await checkpoints()).toEqual([])
    server.clock.offset += 3_600_000
    const [made] = await eventually(checkpoints, (found) => found.length > 0)
    expect(made).toMatchObject({ action: 'log.checkpoint', actor: { kind: 'system' } })
    await server.close()
  })
})
