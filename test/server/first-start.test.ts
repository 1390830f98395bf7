import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { newClientId } from '../../src/domain/ids.ts'
import { newSecret } from '../../src/domain/secret.ts'
import { accountsPath } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

type Admin = TestServer['admin']

const newAdmin = (): Admin => ({
  clientId: newClientId(),
  clientSecret: newSecret('secret').reveal(),
  clientKey: newSecret('clientKey').reveal(),
})

function settingsOf({ clientId, clientSecret, clientKey }: Admin) {
  return {
    OSTIARY_BOOTSTRAP_CLIENT_ID: clientId,
    OSTIARY_BOOTSTRAP_CLIENT_SECRET: clientSecret,
    OSTIARY_BOOTSTRAP_CLIENT_KEY: clientKey,
  }
}

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

onEachStore('a first start', (store) => {
  async function place() {
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-first-'))
    const fresh = store.fresh()
    ends.push(async () => await rm(dir, { recursive: true }), fresh.leave)
    const data = join(dir, 'data')
    await mkdir(data, { mode: 0o700 })
    const start = async (env: Record<string, string>, admin?: Admin) => {
      const beside = { dir, env: { ...fresh.env } }
      const server = await startTestServer({ beside, env, ...(admin && { admin }) })
      const close = async () => {
        ends.splice(0, ends.length, ...ends.filter((end) => end !== close))
        await server.close()
      }
      ends.push(close)
      return { ...server, close }
    }
    const note = async (name: string, content: Admin, mode = 0o600) => {
      const text = JSON.stringify({ issuer: 'http://localhost', ...content })
      await writeFile(join(data, name), text)
      await chmod(join(data, name), mode)
    }
    return { data, start, note }
  }

  const canManage = async (server: TestServer) =>
    (await server.manage('GET', accountsPath)).status === 200

  test('writes no file where the settings say all of its credentials', async () => {
    const { data, start } = await place()
    const admin = newAdmin()
    const server = await start(settingsOf(admin), admin)
    expect(await canManage(server)).toBe(true)
    expect((await readdir(data)).filter((name) => name.includes('bootstrap'))).toEqual([])
  })

  test('makes what the settings say, and not what was noted, which it removes', async () => {
    const { data, start, note } = await place()
    const [noted, admin] = [newAdmin(), newAdmin()]
    await note('bootstrap.pending.json', noted)
    const server = await start(settingsOf(admin), admin)
    expect(await canManage(server)).toBe(true)
    expect((await server.token(noted)).status).toBe(401)
    expect(existsSync(join(data, 'bootstrap.pending.json'))).toBe(false)
  })

  test('takes from its note what the settings leave open', async () => {
    const { data, start, note } = await place()
    const noted = newAdmin()
    await note('bootstrap.pending.json', noted)
    const admin = { ...noted, clientId: 'operator' }
    const server = await start({ OSTIARY_BOOTSTRAP_CLIENT_ID: 'operator' }, admin)
    expect(await canManage(server)).toBe(true)
    expect(JSON.parse(await readFile(join(data, 'bootstrap.json'), 'utf8'))).toMatchObject(admin)
  })

  test.each([
    ['everyone could have written', 0o602, 0o700],
    ['everyone can read', 0o644, 0o700],
    ['lies in a folder that is open to everyone', 0o600, 0o777],
  ])('is refused beside a note that %s', async (_, mode, folderMode) => {
    const { data, start, note } = await place()
    await note('bootstrap.pending.json', newAdmin(), mode)
    await chmod(data, folderMode)
    await expect(start({})).rejects.toThrow(/is open to everyone .*: chmod /)
    await chmod(data, 0o700)
  })

  test('removes what a killed one left half-written: a secret is in it', async () => {
    const { data, start, note } = await place()
    await note('.bootstrap.pending.json.1.1700000000000', newAdmin())
    await start({})
    expect((await readdir(data)).filter((name) => name.startsWith('.bootstrap'))).toEqual([])
  })

  test('that was long ago makes no account again from a note that is left', async () => {
    const { data, start, note } = await place()
    const first = await start({})
    await first.close()
    const stranger = newAdmin()
    await note('bootstrap.pending.json', stranger)
    const server = await start({})
    expect((await server.token(stranger)).status).toBe(401)
    expect(await canManage(server)).toBe(true)
    expect(existsSync(join(data, 'bootstrap.pending.json'))).toBe(false)
  })

  test('that was long ago says which settings of it are not used', async () => {
    const { start } = await place()
    const admin = newAdmin()
    await (await start(settingsOf(admin), admin)).close()
    const same = await start(settingsOf(admin), admin)
    expect(same.logged.join('')).not.toContain('OSTIARY_BOOTSTRAP')
    await same.close()
    const late = { ...settingsOf(newAdmin()), OSTIARY_BOOTSTRAP_CLIENT_ID: admin.clientId }
    const { logged } = await start(late, admin)
    const unused = logged.filter((line) => line.includes('set and not used'))
    expect(unused).toHaveLength(2)
    expect(unused.join('')).toMatch(
      /OSTIARY_BOOTSTRAP_CLIENT_SECRET.*\n.*OSTIARY_BOOTSTRAP_CLIENT_KEY/,
    )
  })
})
