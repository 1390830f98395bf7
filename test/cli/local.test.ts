import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { rsaPair } from '../support/rsa-pairs.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { ostiary } from './command-line.ts'

describe('ostiary keys', () => {
  let dir: string
  let env: Record<string, string>

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
    env = { OSTIARY_KEYS_DIR: join(dir, 'keys'), OSTIARY_SIGNING_ALG: 'ES256' }
  })

  afterAll(() => rm(dir, { recursive: true, force: true }))

  test('says of an empty folder that the first start makes a key', async () => {
    const { code, stdout } = await ostiary(['keys', 'list'], env)
    expect([code, stdout]).toEqual([0, expect.stringContaining('no keys yet')])
  })

  test('rotates: makes the next key, says so when it waits, and lets it sign at once', async () => {
    const outcome = async (...args: string[]) => {
      const { json } = await ostiary(['keys', 'rotate', '--json', ...args], env)
      return [json.outcome, json.key.phase]
    }
    expect(await outcome()).toEqual(['made', 'current'])
    expect(await outcome()).toEqual(['made', 'next'])
    expect(await outcome()).toEqual(['waiting', 'next'])
    expect(await outcome('--now')).toEqual(['promoted', 'current'])
    const { json } = await ostiary(['keys', 'list', '--json'], env)
    expect(json.map(({ phase }: { phase: string }) => phase)).toEqual(['retired', 'current'])
    const { stdout } = await ostiary(['keys', 'list'], env)
    expect(stdout).toMatch(/^KID .*\n.* retired .*published until .*\n.* current .*signs since /)
  })

  test('lists the keys in 80 columns with their ids whole, as `keys remove` takes them', async () => {
    const { json } = await ostiary(['keys', 'list', '--json'], env)
    const { stdout } = await ostiary(['keys', 'list'], env, { columns: 80 })
    expect(json).toHaveLength(2)
    for (const { kid } of json) expect(stdout).toContain(`${kid} `)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('imports an encrypted PKCS#8 key with the passphrase of the settings', async () => {
    const { privateKey } = rsaPair('kept secret')
    const file = join(dir, 'imported.pem')
    const sealed = { cipher: 'aes-256-cbc', passphrase: 'a good passphrase' }
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem', ...sealed }))
    const refused = await ostiary(['keys', 'import', file], env)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('OSTIARY_KEYS_PASS') })
    const opened = { ...env, OSTIARY_KEYS_PASSPHRASE: sealed.passphrase }
    const imported = await ostiary(['keys', 'import', file, '--json'], opened)
    expect(imported.json).toMatchObject({ outcome: 'imported', key: { alg: 'RS256' } })
    const again = await ostiary(['keys', 'import', file, '--json'], opened)
    expect(again.json).toMatchObject({ outcome: 'known', key: { kid: imported.json.key.kid } })
  })

  test('names the setting that is wrong, and ends with code 2', async () => {
    const { code, stderr } = await ostiary(['keys', 'list'], { OSTIARY_SIGNING_ALG: 'HS256' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('OSTIARY_SIGNING_ALG')])
  })
})

onEachStore('ostiary audit verify', (store) => {
  let server: TestServer
  let kept: ReturnType<typeof store.fresh>
  let env: Record<string, string>

  beforeAll(async () => {
    kept = store.fresh()
    server = await startTestServer({ env: kept.env })
    env = { OSTIARY_DATA_DIR: join(server.dir, 'data'), ...kept.env }
  })

  afterAll(async () => {
    await server.close()
    await kept.leave()
  })

  test('calls a log sound that is still being written', async () => {
    const { code, json } = await ostiary(['audit', 'verify', '--json'], env)
    expect([code, json]).toEqual([0, { sound: true, count: 4, lastHash: expect.any(String) }])
  })

  test('names the number at which someone altered it, and ends with code 1', async () => {
    const altered = await alter()
    const { code, stdout } = await ostiary(['audit', 'verify'], altered)
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^broken at number 2:/)])
  })

  test('says in words that the store is away, and why', async () => {
    const away = {
      OSTIARY_STORAGE_URI: 'mongodb://127.0.0.1:1/ostiary',
      OSTIARY_SECRET_PEPPER: 'p'.repeat(32),
    }
    const { code, stderr } = await ostiary(['audit', 'verify'], away)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^ostiary: The store cannot be reached; .*: .*ECONNREFUSED/),
    ])
  })

  test('ends with code 2 when there is no store to read', async () => {
    const uri =
      store.name === 'SQLite' ? 'sqlite:/nowhere/at.all' : 'mongodb://u:hidden@127.0.0.1:9/x'
    const { code, stdout, stderr } = await ostiary(['audit', 'verify'], {
      ...env,
      OSTIARY_STORAGE_URI: uri,
    })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^ostiary: /)
    expect(stderr).not.toMatch(/hidden|\n\s+at /)
  })

  /** Changes who did what in the second entry, as only the owner of the store can. */
  async function alter(): Promise<Record<string, string>> {
    if (store.name === 'MongoDB') {
      const client = await MongoClient.connect(env['OSTIARY_STORAGE_URI'] ?? '')
      const events = client.db().collection<{ _id: number; body: string }>('events')
      const entry = await events.findOne({ _id: 2 })
      const body = (entry?.body ?? '').replace('client_key', 'client_kex')
      await events.updateOne({ _id: 2 }, { $set: { body } })
      await client.close()
      return env
    }
    // A copy: the server holds the file itself.
    const from = join(server.dir, 'data', 'ostiary.db')
    const to = join(server.dir, 'altered.db')
    for (const suffix of ['', '-wal']) await copyFile(`${from}${suffix}`, `${to}${suffix}`)
    const db = new DatabaseSync(to)
    db.exec("UPDATE event SET body = replace(body, 'client_key', 'client_kex') WHERE seq = 2")
    db.close()
    return { ...env, OSTIARY_STORAGE_URI: `sqlite:${to}` }
  }
})
