import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { ostiary } from '../cli/command-line.ts'
import { secretClient } from '../e2e/support/accounts.ts'
import { accountsPath } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

let dir: string
let server: TestServer
let env: Record<string, string>
const folder = (name: string) => join(dir, name)

async function begin(given: Record<string, string> = {}): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-backup-'))
  server = await startTestServer({ beside: { env: given, dir } })
  env = { OSTIARY_DATA_DIR: folder('data'), OSTIARY_KEYS_DIR: folder('keys'), ...given }
}

async function again(): Promise<void> {
  const { admin } = server
  server = await startTestServer({ beside: { env, dir }, admin })
}

async function end(): Promise<void> {
  await server.close()
  await rm(dir, { recursive: true })
}

const stands = async (token: string) =>
  (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status

interface Listed {
  readonly uri: string
  readonly idx: number
}

function placeOf(token: string): Listed {
  const { status }: { status?: { status_list: Listed } } = decodeJwt(token)
  if (!status) throw new Error('the token has no place in a list')
  return status.status_list
}

const isRevoked = (token: string) => isSetAt(placeOf(token))

async function isSetAt({ uri, idx }: Listed): Promise<boolean> {
  const { text } = await server.call(new URL(uri).pathname)
  const { status_list: list }: { status_list?: { lst: string } } = decodeJwt(text)
  const bits = inflateSync(Buffer.from(list?.lst ?? '', 'base64url'))
  return (((bits[idx >>> 3] ?? 0) >>> (idx & 7)) & 1) === 1
}

describe('a backup of the embedded store', () => {
  beforeEach(() => begin())
  afterEach(() => end())

  test('is made beside a running server, and tells of what it is', async () => {
    const client = await secretClient(server)
    const made = await ostiary(['backup', folder('kept'), '--json'], env)
    expect(made.code).toBe(0)
    expect(made.json).toMatchObject({
      format: 1,
      head: 5,
      files: { 'ostiary.db': expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect((await readdir(folder('kept'))).sort()).toEqual(['manifest.json', 'ostiary.db'])
    expect((await stat(join(folder('kept'), 'ostiary.db'))).mode & 0o777).toBe(0o600)
    expect(await server.token(client)).toMatchObject({ status: 200 })
  })

  test('is made into an empty folder, and where a link to one leads', async () => {
    for (const name of ['empty', 'linked']) await mkdir(folder(name))
    await symlink(folder('linked'), folder('link'))
    for (const name of ['empty', 'link']) {
      expect(await ostiary(['backup', folder(name)], env)).toMatchObject({ code: 0, stderr: '' })
      expect((await readdir(folder(name))).sort()).toEqual(['manifest.json', 'ostiary.db'])
    }
    expect(await readdir(folder('linked'))).toHaveLength(2)
  })

  test('is made into no folder that holds something', async () => {
    expect(await ostiary(['backup', folder('data')], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not empty'),
    })
  })

  test('leaves tokens that live long, and tells who verifies offline which it does not know', async () => {
    const path = `${accountsPath}/${server.admin.clientId}/tokens`
    const make = async (name: string) => (await server.manage('POST', path, { name })).body
    const kept = await make('kept')
    await ostiary(['backup', folder('kept')], env)
    const since = await make('since')
    await server.manage('DELETE', `${path}/${kept.id}`)
    await server.close()
    const restored = await ostiary(['restore', folder('kept'), '--yes'], env)
    expect(restored.stdout).toContain(
      `token ${kept.id} (kept) of ${server.admin.clientId}: was deleted`,
    )
    await again()
    const { body: listed } = await server.manage('GET', path)
    expect(listed).toMatchObject([{ id: kept.id, state: 'active' }])
    expect(await isRevoked(kept.token)).toBe(false)
    expect(await isRevoked(since.token)).toBe(true)
    // The lists between may have been begun since the backup, and are told to be revoked as a whole.
    expect(placeOf((await make('new')).token).uri).toContain('/list-5')
    const begun = { uri: placeOf(since.token).uri.replace('list-0', 'list-1'), idx: 7 }
    expect(await isSetAt(begun)).toBe(true)
  })

  test('ends tokens that live long, where that is asked for', async () => {
    const path = `${accountsPath}/${server.admin.clientId}/tokens`
    const { token } = (await server.manage('POST', path, { name: 'kept' })).body
    await ostiary(['backup', folder('kept')], env)
    await server.close()
    const restored = await ostiary(['restore', folder('kept'), '--yes', '--end-tokens'], env)
    expect(restored.stdout).toContain('tokens that live long and were ended: 1')
    await again()
    expect((await server.manage('GET', path)).body).toEqual([])
    expect(await isRevoked(token)).toBe(true)
  })

  test('brings back what was ended since, says what that is, and ends all access tokens', async () => {
    const [deleted, rotated] = [await secretClient(server), await secretClient(server)]
    await ostiary(['backup', folder('kept')], env)
    const token = (await server.token(rotated)).body.access_token
    await server.manage('DELETE', `${accountsPath}/${deleted.clientId}`)
    await server.manage('POST', `${accountsPath}/${rotated.clientId}/rotate`, { overlapSeconds: 0 })
    const made = await secretClient(server)
    const busy = await ostiary(['restore', folder('kept'), '--yes'], env)
    expect(busy).toMatchObject({ code: 2, stderr: expect.stringContaining('Stop it first') })
    await server.close()
    const asked = await ostiary(['restore', folder('kept')], env)
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    const { code, json } = await ostiary(['restore', folder('kept'), '--yes', '--json'], env)
    expect([code, json.gone, json.lines]).toEqual([
      0,
      1,
      [
        expect.stringMatching(`^account ${deleted.clientId} .*: was deleted$`),
        expect.stringMatching(`^account ${rotated.clientId} .*: its secret .* had ended$`),
      ],
    ])
    await again()
    const logins = [deleted, rotated, made].map((client) => server.token(client))
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual([200, 200, 401])
    expect(await stands(token)).toBe(401)
    expect(await stands((await server.token(rotated)).body.access_token)).toBe(200)
    const log = await server.manage('GET', '/api/audit')
    expect(log.body.map(({ action }: { action: string }) => action)).toContain(
      'installation.restore',
    )
  })

  test('is refused as a mere copy: a store that is older than its folders does not start', async () => {
    await ostiary(['backup', folder('kept')], env)
    await secretClient(server)
    await server.close()
    for (const end of ['-wal', '-shm'])
      await rm(`${folder('data')}/ostiary.db${end}`, { force: true })
    await cp(join(folder('kept'), 'ostiary.db'), join(folder('data'), 'ostiary.db'))
    await expect(again()).rejects.toThrow(/is older than .*ostiary restore/)
    expect(await ostiary(['restore', '--yes'], env)).toMatchObject({ code: 0 })
    await again()
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })

  test.each([
    ['a file that was changed', 'ostiary.db', 'changed'],
    ['a manifest that is none', 'manifest.json', 'changed'],
    [
      'a manifest that names no file',
      'manifest.json',
      '{"format":1,"madeAt":"","release":"","issuer":"","mark":"","hash":""}',
    ],
    ['a manifest of a later format', 'manifest.json', '{"format": 2}'],
    [
      'a manifest that is not in UTF-8',
      'manifest.json is not in UTF-8: see line 1',
      Buffer.from('{"q":"\xff"}', 'latin1'),
    ],
  ])('is refused by name with %s, and nothing is touched', async (_what, said, content) => {
    await ostiary(['backup', folder('kept')], env)
    const [name = ''] = said.split(' ')
    await writeFile(join(folder('kept'), name), content)
    await server.close()
    const refused = await ostiary(['restore', folder('kept'), '--yes'], env)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
    await again()
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })

  test('is refused under another pepper than it was made with, before anything is touched', async () => {
    await ostiary(['backup', folder('kept')], env)
    await server.close()
    const pepper = { OSTIARY_SECRET_PEPPER: 'a pepper that came after the backup was made' }
    const refused = await ostiary(['restore', folder('kept'), '--yes'], { ...env, ...pepper })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('retiredPeppers') })
    await again()
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })

  test.each([
    ['beside a running server', async () => undefined, 'Stop it first'],
    [
      'where the copy cannot be made',
      async () => {
        await server.close()
        await mkdir(join(folder('data'), '.ostiary.db.restored'))
      },
      'ostiary.db.restored',
    ],
  ])('is refused %s, and leaves nothing by which a start would be', async (_, hinder, said) => {
    await writeFile(folder('passphrase'), 'a passphrase of some length\n')
    const sealed = ['--with-keys', '--passphrase-file', folder('passphrase')]
    await ostiary(['backup', folder('kept'), ...sealed], env)
    await hinder()
    const pepper = join(folder('data'), 'pepper')
    await rename(pepper, folder('pepper'))
    const file = join(folder('data'), '.installation')
    const mark = await readFile(file, 'utf8')
    const refused = await ostiary(['restore', folder('kept'), '--yes', ...sealed.slice(1)], env)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
    expect(await readFile(file, 'utf8')).toBe(mark)
    expect(await readdir(folder('data'))).not.toContain('pepper')
    await rename(folder('pepper'), pepper)
    await server.close()
    await again()
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })

  test('does not say that nothing lives again where one before it was killed', async () => {
    const client = await secretClient(server)
    await ostiary(['backup', folder('kept')], env)
    await server.manage('DELETE', `${accountsPath}/${client.clientId}`)
    await server.close()
    for (const end of ['-wal', '-shm'])
      await rm(`${folder('data')}/ostiary.db${end}`, { force: true })
    await cp(join(folder('kept'), 'ostiary.db'), join(folder('data'), 'ostiary.db'))
    const restored = await ostiary(['restore', folder('kept'), '--yes'], env)
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to compare with'),
    })
    expect(restored.stdout).not.toContain('nothing that had ended')
    await again()
    expect(await server.token(client)).toMatchObject({ status: 200 })
  })

  test('is refused where another installation lives', async () => {
    await ostiary(['backup', folder('kept')], env)
    const other = await startTestServer()

    const elsewhere = {
      OSTIARY_DATA_DIR: join(other.dir, 'data'),
      OSTIARY_KEYS_DIR: join(other.dir, 'keys'),
    }
    const refused = await ostiary(['restore', folder('kept'), '--yes'], elsewhere)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('of another') })
    await other.close()
  })

  test('holds pepper and keys only when asked to, encrypted, and puts back those that are lost', async () => {
    await writeFile(folder('passphrase'), 'a passphrase of some length\n')
    const bare = await ostiary(['backup', folder('kept'), '--with-keys'], env)
    expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining('--passphrase-file') })
    const file = ['--passphrase-file', folder('passphrase')]
    await ostiary(['backup', folder('kept'), '--with-keys', ...file], env)
    const pepper = (await readFile(join(folder('data'), 'pepper'), 'utf8')).trim()
    for (const name of await readdir(folder('kept'))) {
      expect(await readFile(join(folder('kept'), name), 'latin1')).not.toContain(pepper)
    }
    await server.close()
    await rm(folder('data'), { recursive: true })
    await rm(folder('keys'), { recursive: true })
    await writeFile(folder('wrong'), 'another passphrase of length')
    const wrong = await ostiary(
      ['restore', folder('kept'), '--yes', '--passphrase-file', folder('wrong')],
      env,
    )
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be decrypted') })
    const { code, stdout } = await ostiary(['restore', folder('kept'), '--yes', ...file], env)
    expect([code, stdout]).toEqual([0, expect.stringContaining('pepper was missing')])
    await again()
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })

  test('holds no pepper that is not in UTF-8: it would come back as another one', async () => {
    const passphrase = folder('passphrase')
    await writeFile(passphrase, 'a passphrase of some length\n')
    const pepper = join(folder('data'), 'pepper')
    await writeFile(pepper, `${'p'.repeat(32)}\xff`, { encoding: 'latin1', mode: 0o600 })
    const args = ['backup', folder('kept'), '--with-keys', '--passphrase-file', passphrase]
    const refused = await ostiary(args, env)
    const said = `${pepper} is not in UTF-8`
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
    expect(await readdir(dir)).not.toContain('kept')
  })

  test('does not start where the restore did not come to its end', async () => {
    const token = (await server.token(server.admin)).body.access_token
    await ostiary(['backup', folder('kept')], env)
    await server.close()
    const pepper = await readFile(join(folder('data'), 'pepper'))
    await rm(folder('data'), { recursive: true })
    const cut = await ostiary(['restore', folder('kept'), '--yes'], env)
    expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('pepper is missing') })
    await writeFile(join(folder('data'), 'pepper'), pepper, { mode: 0o600 })
    await expect(again()).rejects.toThrow(/is older than .*ostiary restore/)
    expect(await ostiary(['restore', '--yes'], env)).toMatchObject({ code: 0 })
    await again()
    expect(await stands(token)).toBe(401)
  })
})

onEachStore('whoever can write the store', (store) => {
  let kept: ReturnType<typeof store.fresh>
  beforeEach(async () => {
    kept = store.fresh()
    await begin(kept.env)
  })
  afterEach(async () => {
    await end()
    await kept.leave()
  })

  test('gets in again when nobody knows a secret any more, and the log says so', async () => {
    await server.close()
    const { code, json } = await ostiary(['accounts', 'recover', '--json'], env)
    expect(code).toBe(0)
    await again()
    expect(json).toEqual({
      name: expect.stringMatching(/^recovered /),
      clientId: json.clientId,
      clientSecret: json.clientSecret,
    })
    const token = (await server.token(json)).body.access_token
    const headers = { authorization: `Bearer ${token}`, 'client-key': server.admin.clientKey }
    const log = await server.call('/api/audit', { headers })
    expect(log.body[0]).toMatchObject({
      action: 'account.recover',
      actor: { kind: 'system', id: 'recover' },
    })
    expect((await server.call(accountsPath, { headers })).body).toHaveLength(2)
  })

  test('makes nothing where there is no store of a server', async () => {
    const elsewhere = { ...env, OSTIARY_DATA_DIR: folder('nowhere') }
    const other = store.fresh()
    const answer = await ostiary(['accounts', 'recover'], { ...elsewhere, ...other.env })
    expect(answer).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('run this with the settings of the server'),
    })
    expect(await readdir(dir)).not.toContain('nowhere')
    await other.drop()
  })

  test('makes no secret with a pepper that the store was not used with', async () => {
    await server.close()
    const other = { ...env, OSTIARY_SECRET_PEPPER: 'a pepper that this store was never used with' }
    expect(await ostiary(['accounts', 'recover'], other)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('secret.pepper'),
    })
    await again()
    expect((await server.manage('GET', '/api/audit')).body[0].action).not.toBe('account.recover')
  })

  test('gets a client key too where none is good', async () => {
    const [key] = (await server.manage('GET', '/api/client-keys')).body
    await server.manage('DELETE', `/api/client-keys/${key.id}`)
    await server.close()
    const { json } = await ostiary(['accounts', 'recover', '--json'], env)
    await again()
    const token = (await server.token(json)).body.access_token
    const headers = { authorization: `Bearer ${token}`, 'client-key': json.clientKey }
    expect(await server.call(accountsPath, { headers })).toMatchObject({ status: 200 })
  })

  test('accepts a store that was put back by other means, and all access tokens end', async () => {
    const token = (await server.token(server.admin)).body.access_token
    await server.close()
    const file = join(folder('data'), '.installation')
    const mark = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...mark, head: 999 }))
    await expect(again()).rejects.toThrow(/is older than .*ostiary restore/)
    const { code, stdout } = await ostiary(['restore', '--yes'], env)
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing to compare with')])
    await again()
    expect(await stands(token)).toBe(401)
    expect(await server.token(server.admin)).toMatchObject({ status: 200 })
  })
})
