import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ostiary } from '../cli/command-line.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore, type TestStore } from '../support/stores.ts'

/** Makes keys those of a first start that has not come to its end. */
async function unmark(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const { installation: _, ...key } = JSON.parse(await readFile(join(dir, name), 'utf8'))
    await writeFile(join(dir, name), JSON.stringify(key))
  }
}

/** One installation whose server is started, stopped, and found with something changed. */
function installation(store: TestStore) {
  let dir = ''
  let kept: ReturnType<TestStore['fresh']>
  let admin: TestServer['admin'] | undefined
  const folder = (name: string) => join(dir, name)
  const start = (env: Record<string, string> = {}) =>
    startTestServer({ beside: { env: { ...kept.env, ...env }, dir }, ...(admin && { admin }) })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-installation-'))
    kept = store.fresh()
    admin = undefined
    const server = await start()
    admin = server.admin
    await server.close()
  })
  afterEach(async () => {
    await kept.leave()
    await rm(dir, { recursive: true })
  })

  const refusal = async (env: Record<string, string> = {}): Promise<string> => {
    try {
      await (await start(env)).close()
      return ''
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  const logsIn = async (env: Record<string, string> = {}) => {
    const server = await start(env)
    try {
      return (await server.token(server.admin)).status
    } finally {
      await server.close()
    }
  }
  const emptyStore = async () => {
    await kept.drop()
    for (const end of ['', '-wal', '-shm', '.lock']) {
      await rm(`${folder('data')}/ostiary.db${end}`, { force: true })
    }
  }
  const ownPepper = async () => (await readFile(join(folder('data'), 'pepper'), 'utf8')).trim()
  return { folder, refusal, logsIn, emptyStore, ownPepper, env: () => kept.env }
}

onEachStore('a start', (store) => {
  const { folder, refusal, logsIn, emptyStore, ownPepper, env } = installation(store)

  test('goes on with everything in its place', async () => {
    expect(await logsIn()).toBe(200)
  })

  test('refuses an empty keys folder beside a store in use, and makes no key', async () => {
    await rename(folder('keys'), folder('lost'))
    expect(await refusal()).toMatch(/^keys\.dir \(OSTIARY_KEYS_DIR\): the folder .*keys lacks /)
    await rm(folder('keys'), { recursive: true, force: true })
    await rename(folder('lost'), folder('keys'))
    expect(await logsIn()).toBe(200)
  })

  test('goes on without a key that was taken out for good', async () => {
    const server = await startTestServer({ beside: { env: env(), dir: folder('.') } })
    const before = (await server.token(server.admin)).body.access_token
    await server.close()
    const settings = {
      ...env(),
      OSTIARY_DATA_DIR: folder('data'),
      OSTIARY_KEYS_DIR: folder('keys'),
    }
    const [kid] = (await readdir(folder('keys')))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
    const remove = () => ostiary(['keys', 'remove', kid ?? '', '--yes'], settings)
    expect(await remove()).toMatchObject({ code: 2, stderr: expect.stringContaining('signs now') })
    await rm(join(folder('keys'), `${kid}.json`))
    expect(await refusal()).toContain(`lacks ${kid}`)
    expect(await remove()).toMatchObject({ code: 0 })
    const again = await startTestServer({
      beside: { env: env(), dir: folder('.') },
      admin: server.admin,
    })
    const headers = { authorization: `Bearer ${before}` }
    expect(await again.call('/tokeninfo', { headers })).toMatchObject({ status: 401 })
    expect(await again.token(again.admin)).toMatchObject({ status: 200 })
    await again.close()
  })

  test('refuses the keys folder of another installation', async () => {
    const other = await startTestServer()
    await rm(folder('keys'), { recursive: true })
    await cp(join(other.dir, 'keys'), folder('keys'), { recursive: true })
    await other.close()
    expect(await refusal()).toMatch(/^keys\.dir \(OSTIARY_KEYS_DIR\): .* lacks /)
  })

  test('refuses a key of another installation beside ours, by its file', async () => {
    const other = await startTestServer()
    const [name = ''] = (await readdir(join(other.dir, 'keys'))).filter((file) =>
      /json$/.test(file),
    )
    await cp(join(other.dir, 'keys', name), join(folder('keys'), name))
    await other.close()
    expect(await refusal()).toMatch(new RegExp(`${name}: of another installation.*keys import`))
    await rm(join(folder('keys'), name))
    expect(await logsIn()).toBe(200)
  })

  test('refuses a pepper that the store was not used with, and names the setting', async () => {
    const env = { OSTIARY_SECRET_PEPPER: 'the pepper of quite another installation' }
    expect(await refusal(env)).toMatch(/^secret\.pepper \(OSTIARY_SECRET_PEPPER/)
    expect(await logsIn()).toBe(200)
  })

  test('takes a new pepper beside the former one, and then not the former one alone', async () => {
    const former = env()['OSTIARY_SECRET_PEPPER'] ?? (await ownPepper())
    const turned = {
      OSTIARY_SECRET_PEPPER: 'a new pepper that takes over from now on',
      OSTIARY_SECRET_RETIRED_PEPPERS: former,
    }
    expect(await logsIn(turned)).toBe(200)
    expect(await refusal({ OSTIARY_SECRET_PEPPER: former })).toMatch(/^secret\.pepper/)
  })

  test('refuses a store that is older than the data folder', async () => {
    const file = join(folder('data'), '.installation')
    const { mark, head } = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ mark, head: head + 1 }))
    expect(await refusal()).toMatch(/ is older than .*\.installation says.*ostiary restore/)
    await writeFile(file, JSON.stringify({ mark, head, hash: 'of another history' }))
    expect(await refusal()).toMatch(/ is older than /)
  })

  test('refuses an empty store beside what was in use, and makes nothing', async () => {
    await emptyStore()
    const said = await refusal()
    expect(said).toMatch(/ is empty, but .*\.installation.* of an installation in use/)
    if (store.name === 'SQLite') expect(said).toContain('ostiary restore <backup>')
    expect(said).not.toContain('mongodb://')
    await rm(join(folder('data'), '.installation'))
    expect(await refusal()).toMatch(/ is empty, but .*keys\/[0-9a-f]+\.json are of an/)
    await rm(folder('keys'), { recursive: true })
    expect(await refusal()).toMatch(/ is empty, but .*bootstrap\.json/)
    await rm(join(folder('data'), 'bootstrap.json'))
    const pepper = await refusal()
    if (store.name === 'SQLite') expect(pepper).toMatch(/ is empty, but .*pepper is of an/)
  })

  test('takes a damaged mark of the data folder for no first start that was killed', async () => {
    await emptyStore()
    await rm(folder('keys'), { recursive: true })
    const mark = join(folder('data'), '.installation')
    for (const damaged of ['', Buffer.from('{"mark":"q\xff"}', 'latin1')]) {
      await writeFile(mark, damaged)
      expect(await refusal()).toMatch(/\.installation is damaged/)
    }
    await rm(join(folder('data'), '.installation'))
    expect(await refusal()).toMatch(/ is empty, but .*bootstrap\.json/)
  })

  test('finishes a first start that was killed after it had made pepper and keys', async () => {
    await emptyStore()
    await writeFile(join(folder('data'), '.installation'), '{}')
    await unmark(folder('keys'))
    await rm(join(folder('data'), 'bootstrap.json'))
    const server = await startTestServer({ beside: { env: env(), dir: folder('.') } })
    expect((await server.token(server.admin)).status).toBe(200)
    await server.close()
  })
})

describe('a copy of the database file', () => {
  test('is whole only with its WAL: alone it is refused rather than begun anew', async () => {
    const server = await startTestServer()
    const copy = await mkdtemp(join(tmpdir(), 'ostiary-copy-'))
    await mkdir(join(copy, 'data'))
    for (const name of ['ostiary.db', 'pepper']) {
      await cp(join(server.dir, 'data', name), join(copy, 'data', name))
    }
    await cp(join(server.dir, 'keys'), join(copy, 'keys'), { recursive: true })
    await server.close()
    const started = startTestServer({ beside: { env: {}, dir: copy }, admin: server.admin })
    await expect(started).rejects.toThrow(/is empty, but .*ostiary\.db-wal/)
    await rm(copy, { recursive: true })
  })
})
