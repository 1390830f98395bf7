import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { secretClient } from '../e2e/support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let dir: string
let home: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
})

afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

beforeEach(async () => {
  home = { XDG_CONFIG_HOME: await mkdtemp(join(dir, 'config-')) }
})

const kept = (name = 'default') =>
  join(home['XDG_CONFIG_HOME'] ?? '', 'ostiary', 'profiles', `${name}.json`)
const bootstrap = () => join(server.dir, 'data', 'bootstrap.json')
const logIn = (...args: string[]) => ostiary(['login', ...args], home)

async function whoIs(args: readonly string[], env: Record<string, string> = home) {
  const { code, stdout, stderr } = await ostiary(['token', ...args], env)
  if (code !== 0) return stderr
  const [, payload = ''] = stdout.split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')).client_id
}

describe('ostiary login', () => {
  test('keeps the file of the first start, so that verbs need no variable', async () => {
    const { code, stdout } = await logIn(bootstrap())
    expect([code, stdout]).toEqual([0, expect.stringContaining(server.admin.clientId)])
    expect(stdout).not.toContain(server.admin.clientSecret)
    expect((await ostiary(['accounts', 'list'], home)).code).toBe(0)
    const token = (await ostiary(['token'], home)).stdout
    expect((await ostiary(['verify', '-'], home, token)).code).toBe(0)
  })

  test('keeps what options and the environment say, and nothing for others to read', async () => {
    const env = { ...home, ...operator(server) }
    expect((await ostiary(['login'], env)).code).toBe(0)
    expect((await stat(kept())).mode & 0o777).toBe(0o600)
    expect((await stat(join(kept(), '..'))).mode & 0o777).toBe(0o700)
    expect(await whoIs([])).toBe(server.admin.clientId)
  })

  test('keeps nothing that does not log in', async () => {
    const { code } = await logIn(bootstrap(), '--client-secret', 'wrong')
    expect([code, await stat(kept()).catch(() => 'none')]).toEqual([1, 'none'])
  })

  test('says what keeps it from keeping a profile, and leaves nothing of it behind', async () => {
    await mkdir(kept(), { recursive: true, mode: 0o700 })
    const { code, stderr } = await logIn('--profile', 'default', bootstrap())
    expect([code, stderr]).toEqual([
      2,
      `ostiary: the profile ${kept()} cannot be written: EISDIR\n`,
    ])
    expect(await readdir(join(kept(), '..'))).toEqual(['default.json'])
  })

  test('asks for what is missing where somebody sits there, and hides the secrets', async () => {
    const asked: unknown[] = []
    const { clientId, clientSecret, clientKey } = server.admin
    const answers: Record<string, string> = {
      'Client id: ': clientId,
      'Client secret: ': clientSecret,
      'Client key (empty for none): ': clientKey,
    }
    const ask = async (question: string, how?: { isHidden: boolean }) => {
      asked.push([question, how?.isHidden === true])
      return `${answers[question]}\n`
    }
    expect((await ostiary(['login', '--url', server.url], home, { ask })).code).toBe(0)
    expect(asked).toEqual([
      ['Client id: ', false],
      ['Client secret: ', true],
      ['Client key (empty for none): ', true],
    ])
    expect((await ostiary(['accounts', 'list'], home)).code).toBe(0)
  })

  test('keeps a secret that came through a pipe, and the path of one that is in a file', async () => {
    const { clientId, clientSecret } = server.admin
    const args = ['login', '--url', server.url, '--client-id', clientId, '--client-secret-file']
    expect((await ostiary([...args, '-'], home, `\ufeff${clientSecret}\r\n`)).code).toBe(0)
    expect(JSON.parse(await readFile(kept(), 'utf8'))).toMatchObject({ clientSecret })
    const file = join(dir, 'secret')
    await writeFile(file, `${clientSecret}\n`)
    expect((await ostiary([...args, file], home)).code).toBe(0)
    const found = JSON.parse(await readFile(kept(), 'utf8'))
    expect([found.clientSecret, found.clientSecretFile]).toEqual([undefined, file])
    expect(await whoIs([])).toBe(clientId)
  })
})

test('a profile remembers that plain http was allowed, and only then', async () => {
  const url = 'http://ostiary.invalid'
  const { clientId } = server.admin
  const keep = async (profile: object) => {
    await logIn(bootstrap())
    await writeFile(kept(), JSON.stringify(profile), { mode: 0o600 })
    return JSON.parse((await ostiary(['token', '--json'], home)).stderr).error.code
  }
  const profile = { url, clientId, clientSecret: 'ost_sk_x' }
  expect(await keep(profile)).toBe('insecure_url')
  expect(await keep({ ...profile, allowHttp: 'true' })).toBe('unreachable')
})

describe('a profile', () => {
  let machine: { clientId: string; clientSecret: string }

  beforeEach(async () => {
    machine = await secretClient(server)
    const file = join(dir, 'machine.json')
    await writeFile(file, JSON.stringify(machine))
    await logIn(bootstrap())
    await logIn(file, '--url', server.url, '--profile', 'machine')
  })

  test('is one of several, each by its name, in an option or a variable', async () => {
    expect(await whoIs([])).toBe(server.admin.clientId)
    expect(await whoIs(['--profile', 'machine'])).toBe(machine.clientId)
    expect(await whoIs([], { ...home, OSTIARY_PROFILE: 'machine' })).toBe(machine.clientId)
    const { json } = await ostiary(['profiles', '--json'], home)
    expect(json.map(({ name }: { name: string }) => name)).toEqual(['default', 'machine'])
    expect(JSON.stringify(json)).not.toContain('ost_sk_')
  })

  test('that is named goes before the environment, and the usual one after it', async () => {
    const { clientId, clientSecret } = await secretClient(server)
    const env = {
      ...home,
      OSTIARY_URL: server.url,
      OSTIARY_CLIENT_ID: clientId,
      OSTIARY_CLIENT_SECRET: clientSecret,
    }
    expect(await whoIs([], env)).toBe(clientId)
    expect(await whoIs(['--profile', 'machine'], env)).toBe(machine.clientId)
  })

  test('never sends its secret to another server, nor with another client id', async () => {
    const elsewhere = ['--url', 'http://127.0.0.1:9']
    expect(await whoIs([...elsewhere, '--profile', 'machine'])).toContain('and goes to no other')
    expect(await whoIs(elsewhere)).toContain('Set OSTIARY_CLIENT_ID')
    expect(await whoIs(['--client-id', 'other'])).toContain('Set OSTIARY_CLIENT_SECRET')
    const env = { ...home, OSTIARY_URL: 'http://127.0.0.1:9' }
    expect(await whoIs([], env)).toContain('Set OSTIARY_CLIENT_ID')
  })

  test.each([0o640, 0o604, 0o620])(
    'that others may read or write (%o) is refused',
    async (mode) => {
      await chmod(kept(), mode)
      const { code, stderr } = await ostiary(['token'], home)
      expect([code, stderr]).toEqual([2, expect.stringContaining(`chmod 600 ${kept()}`)])
      await chmod(kept(), 0o600)
    },
  )

  test('that is no profile is named, with those that are there', async () => {
    const { code, stderr } = await ostiary(['token', '--profile', 'machin'], home)
    expect([code, stderr]).toEqual([2, expect.stringContaining('there are: default, machine')])
    expect(await whoIs(['--profile', '../x'])).toContain('expected 1 to 64 characters')
  })

  test('that is damaged is told without what it holds', async () => {
    await writeFile(kept(), '{"clientSecret": "ost_sk_half', { mode: 0o600 })
    const answer = await whoIs([])
    expect(answer).toContain('is damaged')
    expect(answer).not.toContain('half')
  })

  test('is gone after logout', async () => {
    const logOut = ['logout', '--profile', 'machine', '--json']
    const [first, again] = [await ostiary(logOut, home), await ostiary(logOut, home)]
    expect([first.code, first.json.removed]).toEqual([0, true])
    expect([again.code, again.json.removed]).toEqual([0, false])
    expect(await whoIs(['--profile', 'machine'])).toContain('there is no profile machine')
    expect(await whoIs([])).toBe(server.admin.clientId)
  })
})

describe('a secret in a file', () => {
  test('that has no end is refused, not read for ever', async () => {
    const args = ['token', '--client-secret-file', '/dev/zero', '--client-id', 'x']
    const { code, stderr } = await ostiary(args, { OSTIARY_URL: server.url })
    expect([code, stderr]).toEqual([2, expect.stringContaining('it holds more than 256 MiB')])
  })

  test('is read without the BOM and the line break at its end', async () => {
    const { url, admin } = server
    const [secret, key] = [join(dir, 'the-secret'), join(dir, 'the-key')]
    await writeFile(secret, `\ufeff${admin.clientSecret}\r\n`)
    await writeFile(key, `${admin.clientKey}\n`)
    const env = {
      OSTIARY_URL: url,
      OSTIARY_CLIENT_ID: admin.clientId,
      OSTIARY_CLIENT_SECRET_FILE: secret,
      OSTIARY_CLIENT_KEY_FILE: key,
    }
    expect((await ostiary(['accounts', 'list'], env)).code).toBe(0)
  })

  test('that is empty or missing is named', async () => {
    const env = { OSTIARY_URL: server.url, OSTIARY_CLIENT_ID: 'x' }
    const empty = ['--client-secret-file', join(dir, 'empty')]
    await writeFile(join(dir, 'empty'), '\n')
    expect(await whoIs(empty, env)).toContain('is empty')
    expect(await whoIs(['--client-secret-file', join(dir, 'none')], env)).toContain(
      'cannot be read',
    )
  })
})
