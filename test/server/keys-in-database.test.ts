import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ostiary } from '../cli/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore, type TestStore } from '../support/stores.ts'

const passphrase = 'what encrypts the keys in the database'

/** An installation that keeps its signing keys in the database. */
function installation(store: TestStore) {
  let dir = ''
  let kept: ReturnType<TestStore['fresh']>
  const open: TestServer[] = []
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-keys-'))
    kept = store.fresh()
  })
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close()
    await kept.leave()
    await rm(dir, { recursive: true })
  })
  const env = (given: Record<string, string> = {}) => ({
    ...kept.env,
    OSTIARY_KEYS_STORE: 'database',
    OSTIARY_KEYS_PASSPHRASE: passphrase,
    ...given,
  })
  const start = async (given: Record<string, string> = {}, admin?: TestServer['admin']) => {
    const server = await startTestServer({
      beside: { env: env(given), dir },
      ...(admin && { admin }),
    })
    open.push(server)
    return server
  }
  const stop = async () => {
    for (const server of open.splice(0)) await server.close()
  }
  const commandWith = (given: Record<string, string>, ...args: string[]) =>
    ostiary([...args, '--json'], {
      OSTIARY_DATA_DIR: join(dir, 'data'),
      OSTIARY_KEYS_DIR: join(dir, 'keys'),
      OSTIARY_SIGNING_ALG: 'ES256',
      ...env(given),
    })
  const command = (...args: string[]) => commandWith({}, ...args)
  return { start, stop, command, commandWith, folder: (name: string) => join(dir, name) }
}

const kidsOf = async (server: TestServer): Promise<string[]> =>
  (await server.call('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)

onEachStore('signing keys in the database', (store) => {
  const { start, stop, command, commandWith, folder } = installation(store)

  test('are made by the first start, and no folder is', async () => {
    const server = await start()
    const kids = await kidsOf(server)
    expect(kids).toHaveLength(1)
    await expect(access(folder('keys'))).rejects.toThrow('ENOENT')
    await stop()
    expect(await kidsOf(await start({}, server.admin))).toEqual(kids)
  })

  test('are the keys of the folder where there was one, which is needed no more', async () => {
    const before = await start({ OSTIARY_KEYS_STORE: 'folder' })
    const { admin } = before
    const kids = await kidsOf(before)
    await stop()
    await (await start({}, admin)).close()
    await stop()
    await rm(folder('keys'), { recursive: true })
    expect(await kidsOf(await start({}, admin))).toEqual(kids)
  })

  test('are refused under another passphrase, and nothing is made in their place', async () => {
    const { admin } = await start()
    await stop()
    await expect(start({ OSTIARY_KEYS_PASSPHRASE: 'another passphrase' }, admin)).rejects.toThrow(
      /signing key .* in the database cannot be decrypted: .*OSTIARY_KEYS_PASSPHRASE/,
    )
    expect(await kidsOf(await start({}, admin))).toHaveLength(1)
  })

  test('are listed, rotated and taken out by the same commands as those of a folder', async () => {
    const { admin } = await start()
    await stop()
    const [first] = (await command('keys', 'list')).json
    expect(first).toMatchObject({ phase: 'current', isEncrypted: true })
    const rotated = await command('keys', 'rotate', '--now')
    expect(rotated.json).toMatchObject({ outcome: 'made', key: { phase: 'current' } })
    expect(await command('keys', 'remove', first.kid, '--yes')).toMatchObject({ code: 0 })
    const server = await start({}, admin)
    expect(await kidsOf(server)).toEqual([rotated.json.key.kid])
    const log = await server.manage('GET', '/api/audit')
    const actions = log.body.map(({ action }: { action: string }) => action)
    expect(actions.filter((action: string) => action.startsWith('signing_key'))).toEqual([
      'signing_key.delete',
      'signing_key.create',
      'signing_key.create',
    ])
    expect(log.text).not.toContain('encryptedKey')
  })

  test('are taken out when their passphrase is lost, and the next start makes another', async () => {
    const server = await start()
    const [kid = ''] = await kidsOf(server)
    await stop()
    const given = { OSTIARY_KEYS_PASSPHRASE: 'the one that took the place of the lost' }
    await expect(start(given, server.admin)).rejects.toThrow('cannot be decrypted')
    expect(await command('keys', 'remove', kid, '--yes')).toMatchObject({ code: 2 })
    expect(await commandWith(given, 'keys', 'remove', kid, '--yes')).toMatchObject({ code: 0 })
    const kids = await kidsOf(await start(given, server.admin))
    expect(kids).toHaveLength(1)
    expect(kids).not.toContain(kid)
  })

  test('are never there in clear', async () => {
    await expect(start({ OSTIARY_KEYS_PASSPHRASE: '' })).rejects.toThrow('OSTIARY_KEYS_PASSPHRASE')
  })

  if (store.name === 'MongoDB') {
    test('are made by one of several processes that start at once, and all follow a rotation by one', async () => {
      const [one, two, three] = await Promise.all([start(), start(), start()])
      const sets = await Promise.all([one, two, three].map(kidsOf))
      expect(new Set(sets.flat()).size).toBe(1)
      const { json } = await command('keys', 'rotate', '--now')
      for (const server of [one, two, three]) {
        const kids = await eventually(
          () => kidsOf(server),
          (found) => found.includes(json.key.kid),
        )
        expect(kids[0]).toBe(json.key.kid)
      }
      expect(await readdir(folder('.'))).toEqual(['data'])
    })
  }
})
