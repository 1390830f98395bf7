import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { launcher } from '../cli/command-line.ts'
import { compileCache } from '../support/compile-cache.ts'
import { startTestServer } from '../support/server.ts'
import { launch, newFolder, stop } from './server-process.ts'

const reason = 'nobody writes into this pipe'

async function withPipe() {
  const dir = await newFolder()
  const pipe = join(dir, 'pipe')
  execFileSync('mkfifo', [pipe])
  return { dir, pipe }
}

test.each(['OSTIARY_CONFIG', 'OSTIARY_SECRET_PEPPER_FILE'])(
  'a start whose %s is a pipe that nobody writes into is refused, by its name',
  async (name) => {
    const { dir, pipe } = await withPipe()
    const server = launch(dir, { [name]: pipe })
    expect((await server.exit).code).toBe(2)
    expect(JSON.parse(server.stderr()).reason).toMatch(new RegExp(`${name}.*${reason}`))
  },
)

/** What a command says on standard error, and the code that it ends with; null when it hung. */
async function ended(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const around = { env: { ...compileCache, ...env }, timeout: 60_000 }
  const child = spawn(process.execPath, [launcher, ...args], around)
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { told, code }
}

test('a command that is given a pipe that nobody writes into is refused, by its name', async () => {
  const { pipe } = await withPipe()
  const args = ['token', '--client-id', 'x', '--client-secret-file', pipe]
  const { told, code } = await ended(args)
  expect([told, code]).toEqual([
    expect.stringMatching(new RegExp(`^ostiary: --client-secret-file: .*${reason}`)),
    2,
  ])
})

test('a pipe in place of a profile is refused, by its name, and holds up no command', async () => {
  const dir = await newFolder()
  const profiles = join(dir, 'ostiary', 'profiles')
  await mkdir(profiles, { recursive: true })
  const pipe = join(profiles, 'default.json')
  execFileSync('mkfifo', ['-m', '600', pipe])
  expect(await ended(['token'], { XDG_CONFIG_HOME: dir })).toEqual({
    told: `ostiary: the profile ${pipe} cannot be read: it is a pipe, expected a file\n`,
    code: 2,
  })
})

/** A backup with pepper and keys of what a first start made, and how it is put back. */
async function withBackup() {
  const dir = await newFolder()
  await (await startTestServer({ beside: { dir, env: {} } })).close()
  const env = { OSTIARY_DATA_DIR: join(dir, 'data'), OSTIARY_KEYS_DIR: join(dir, 'keys') }
  const [kept, passphrase] = [join(dir, 'kept'), join(dir, 'passphrase')]
  await writeFile(passphrase, 'a passphrase of some length')
  const sealed = ['--passphrase-file', passphrase]
  await ended(['backup', kept, '--with-keys', ...sealed], env)
  return { dir, kept, restore: () => ended(['restore', kept, '--yes', ...sealed], env) }
}

async function putPipe(pipe: string): Promise<void> {
  await rm(pipe, { force: true })
  execFileSync('mkfifo', ['-m', '600', pipe])
}

test.each([
  ['manifest.json', 'is a pipe, expected a file'],
  ['ostiary.db', 'is damaged or missing'],
  ['secrets.jwe', 'is damaged or missing'],
])(
  'a pipe in place of the %s of a backup is refused, by its name, and holds up no restore',
  async (name, said) => {
    const { kept, restore } = await withBackup()
    const pipe = join(kept, name)
    await putPipe(pipe)
    const { told, code } = await restore()
    expect([told, code]).toEqual([expect.stringContaining(`${pipe} ${said}`), 2])
  },
)

test('a pipe in place of a key is not written over by a restore, nor waited for', async () => {
  const { dir, restore } = await withBackup()
  const [key = ''] = (await readdir(join(dir, 'keys'))).filter((name) => name.endsWith('.json'))
  const pipe = join(dir, 'keys', key)
  await putPipe(pipe)
  const { told, code } = await restore()
  expect([told, code]).toEqual([expect.stringContaining(`${pipe} is a pipe`), 2])
})

test.each([
  ['the database', (pipe: string) => `sqlite:${pipe}`, 'The database'],
  [
    'a file that the URI of MongoDB names',
    (pipe: string) => `mongodb://127.0.0.1:9/x?tls=true&tlsCAFile=${pipe}`,
    'storage.uri (OSTIARY_STORAGE_URI): the tlsCAFile',
  ],
])(
  'a pipe in place of %s is refused, by its name, and holds up no command',
  async (_, uri, said) => {
    const { pipe } = await withPipe()
    const env = { OSTIARY_STORAGE_URI: uri(pipe), OSTIARY_SECRET_PEPPER: 'p'.repeat(32) }
    const { told, code } = await ended(['audit', 'verify'], env)
    expect([told, code]).toEqual([
      expect.stringContaining(`${said} ${pipe} is a pipe, expected a file`),
      2,
    ])
  },
)

test('settings and secrets come through pipes of the shell', async () => {
  const dir = await newFolder()
  const script = `
    OSTIARY_CONFIG=/dev/stdin OSTIARY_SECRET_PEPPER_FILE=<(printf '%s' "$pepper") exec "$0" src/main.ts < \\
      <(echo 'tokens: {accessSeconds: 77}')`
  const server = launch(dir, { pepper: 'a pepper that only these tests know, of course' }, [
    'bash',
    '-c',
    script,
    process.execPath,
  ])
  await server.says(/"message":"ready"/)
  const root = await server.root()
  expect((await server.token(root)).body.expires_in).toBe(77)
  expect(await stop(server)).toEqual({ code: 0, signal: null })
})

test.each([
  ['keys/pipe.json', 'is a pipe, expected a file'],
  ['data/pepper', 'is a pipe, expected a file'],
  ['data/ostiary.db', 'is a pipe, expected a file'],
  ['data/.installation', 'is damaged'],
])('a pipe in place of %s is refused, by its name, and holds up no end', async (name, said) => {
  const dir = await newFolder()
  await (await startTestServer({ beside: { dir, env: {} } })).close()
  const pipe = join(dir, name)
  await putPipe(pipe)
  const second = launch(dir)
  expect((await second.exit).code).toBe(2)
  expect(JSON.parse(second.stderr()).reason).toContain(`${pipe} ${said}`)
})
