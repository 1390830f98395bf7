import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { loadSettings } from '../../src/config/load.ts'
import { Directory } from '../../src/directory/directory.ts'
import type { Actor, Context } from '../../src/domain/context.ts'
import { checkSecret } from '../../src/domain/credentials/check-secret.ts'
import { digestWith, newPepperKey, pepperOf } from '../../src/domain/secret.ts'
import type { Store } from '../../src/domain/store.ts'
import { firstStart } from '../../src/server/first-start/first-start.ts'
import { openStore } from '../../src/storage/open.ts'
import { openLogger } from '../../src/telemetry/logger.ts'
import { limits, people, projects } from '../domain/world.ts'
import { lucky, mortal } from '../support/mortal.ts'
import { onEachStore } from '../support/stores.ts'

const undo: (() => Promise<unknown>)[] = []
async function undoAll(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step()
}
afterEach(undoAll)

const peppers = [pepperOf(newPepperKey())] as const

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-first-'))
  undo.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const wishes = {
  OSTIARY_BOOTSTRAP_CLIENT_ID: 'operator',
  OSTIARY_BOOTSTRAP_CLIENT_SECRET: 'a-secret-of-the-operators-own',
  OSTIARY_BOOTSTRAP_CLIENT_KEY: 'operators-key',
}

interface Started {
  readonly clientId: string
  readonly clientSecret: string
  readonly clientKey: string
}

onEachStore('the first start', (kind) => {
  /** A first start asks nobody's rights: what is known of another store does. */
  let known: Directory

  beforeAll(async () => {
    const uri = `sqlite:${join(await newFolder(), 'other.db')}`
    const other = await openStore({ uri, timeoutSeconds: 5, startTimeoutSeconds: 0 }, () => {})
    known = await Directory.load(other, Date.now)
    await other.close()
  })

  async function newStore(): Promise<Store> {
    const { env, leave } = kind.fresh()
    undo.push(leave)
    const uri = env['OSTIARY_STORAGE_URI'] ?? `sqlite:${join(await newFolder(), 'ostiary.db')}`
    const store = await openStore({ uri, timeoutSeconds: 5, startTimeoutSeconds: 0 }, () => {})
    undo.push(() => store.close())
    return store
  }

  async function begin(store: Store, dir: string, env: Record<string, string> = {}) {
    const contextFor = (actor: Actor, requestId: string): Context => {
      return { store, known, actor, requestId, peppers, limits, people, projects, now: Date.now }
    }
    const { settings } = loadSettings({
      ...env,
      OSTIARY_DATA_DIR: dir,
      OSTIARY_SECRET_PEPPER: peppers[0].key.reveal(),
    })
    const log = openLogger({ level: 'error', format: 'json', stream: new PassThrough() })
    return await firstStart({ settings, issuer: 'http://localhost', contextFor, log })
  }

  const noted = async (dir: string): Promise<Started> =>
    JSON.parse(await readFile(join(dir, 'bootstrap.json'), 'utf8'))
  const isThere = (file: string) =>
    access(file).then(
      () => true,
      () => false,
    )

  /** What is in the store: whoever can log in, and the keys that name an application. */
  async function made(store: Store) {
    await store.settle()
    return {
      accounts: await store.list('account', { limit: 10 }),
      keys: await store.list('client_key', { limit: 10 }),
    }
  }

  async function expectWhole(store: Store, first?: Started): Promise<void> {
    const { accounts, keys } = await made(store)
    expect([accounts.length, keys.length]).toEqual([1, 1])
    if (!first) return
    const [account] = accounts
    const judged = { peppers, now: Date.now() }
    expect(account?.clientId).toBe(first.clientId)
    expect(checkSecret(account, first.clientSecret, judged).ok).toBe(true)
    expect(keys[0]?.digest).toEqual(digestWith(peppers[0], first.clientKey))
  }

  async function steps(env?: Record<string, string>): Promise<number> {
    const { store, calls } = mortal(await newStore(), lucky)
    await begin(store, await newFolder(), env)
    return calls()
  }

  /** One start for each place at which a process can die, each on a store of its own. */
  async function dyingEverywhere(
    env: Record<string, string> | undefined,
    then: (store: Store, dir: string) => Promise<void>,
  ): Promise<void> {
    const places = await steps(env)
    expect(places).toBeGreaterThan(5)
    for (let diesAt = 1; diesAt <= places; diesAt += 1) {
      for (const hasReached of [false, true]) {
        const [store, dir] = [await newStore(), await newFolder()]
        await expect(begin(mortal(store, { diesAt, hasReached }).store, dir, env)).rejects.toThrow()
        await then(store, dir)
        await undoAll()
      }
    }
  }

  test('that dies at any step is finished by the next one, with what it had chosen', async () => {
    await dyingEverywhere(undefined, async (store, dir) => {
      const first = await begin(store, dir)
      await expectWhole(store, await noted(dir))
      expect(first?.file).toBe(join(dir, 'bootstrap.json'))
      expect(await isThere(join(dir, 'bootstrap.pending.json'))).toBe(false)
      expect(await begin(store, dir)).toBeUndefined()
    })
  })

  test('that dies at any step and loses its folder is finished by the next one, as the settings say', async () => {
    await dyingEverywhere(wishes, async (store) => {
      await begin(store, await newFolder(), wishes)
      await expectWhole(store, {
        clientId: wishes.OSTIARY_BOOTSTRAP_CLIENT_ID,
        clientSecret: wishes.OSTIARY_BOOTSTRAP_CLIENT_SECRET,
        clientKey: wishes.OSTIARY_BOOTSTRAP_CLIENT_KEY,
      })
    })
  })

  test('leaves no account without its client key, whoever comes next with which settings', async () => {
    await dyingEverywhere(undefined, async (store) => {
      await begin(store, await newFolder(), wishes)
      await expectWhole(store)
    })
  })

  test('makes no client key again that was deleted since, even when nothing is left of it', async () => {
    const [store, dir] = [await newStore(), await newFolder()]
    await begin(store, dir)
    const [key] = (await made(store)).keys
    if (!key) throw new Error('no client key')
    const { id, version } = key
    await store.commit(
      'client_key',
      { ...key, version: version + 1, live: false, purgeAfter: 0 },
      {
        id: `${id}:${version + 1}`,
        at: 0,
        action: 'client_key.delete',
        actor: { kind: 'system', id: 'test', name: 'test' },
        target: { kind: 'client_key', id, name: '' },
        requestId: 'test',
      },
    )
    await store.sweep(Date.now())
    expect(await store.get('client_key', id)).toBeUndefined()
    await begin(store, dir)
    expect((await made(store)).keys).toEqual([])
  })

  test('of several at once makes one account and one client key, and one of them tells both', async () => {
    const store = await newStore()
    const dirs = await Promise.all([newFolder(), newFolder(), newFolder()])
    // They agree on the account, and each would choose a client key of its own.
    const { OSTIARY_BOOTSTRAP_CLIENT_KEY: _, ...partly } = wishes
    const results = await Promise.all(dirs.map((dir) => begin(store, dir, partly)))
    const winners = dirs.filter((_dir, n) => results[n] !== undefined)
    expect(winners).toHaveLength(1)
    for (const dir of winners) await expectWhole(store, await noted(dir))
    for (const dir of dirs) expect(await isThere(join(dir, 'bootstrap.pending.json'))).toBe(false)
  })
})
