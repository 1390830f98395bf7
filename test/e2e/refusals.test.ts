import { once } from 'node:events'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { loadSettings } from '../../src/config/load.ts'
import { inWords } from '../../src/server/problem-words.ts'
import { startServer } from '../../src/server/start.ts'
import { folderPlace } from '../../src/signing/folder.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { openLogger } from '../../src/telemetry/logger.ts'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { launch, newFolder, settingsIn, start } from './server-process.ts'

/** What a process that must not start says: one line on standard error, and then it ends. */
async function refusal(dir: string, env: Record<string, string> = {}): Promise<string> {
  const server = launch(dir, env)
  const { code } = await server.exit
  expect(code).toBeGreaterThan(0)
  const { level, message, reason } = JSON.parse(server.stderr())
  expect([level, message]).toEqual(['error', 'cannot start'])
  expect(reason).not.toMatch(/^\s+at .+:\d+/m)
  expect(server.log()).not.toContain('"ready"')
  return reason
}

const secret = 'hunter2-hunter2-hunter2'
const mongoUri = `mongodb://ostiary:${secret}@127.0.0.1:1/ostiary`
const pepper = { OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course' }

const settings: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
  ['a port that is none', { OSTIARY_HTTP_PORT: '99999' }, ['OSTIARY_HTTP_PORT', '99999', '65535']],
  [
    'an http issuer off loopback',
    { OSTIARY_ISSUER: 'http://auth.example' },
    ['OSTIARY_ISSUER', 'http://auth.example', 'https', 'OSTIARY_HTTP_ALLOW_INSECURE_ISSUER'],
  ],
  [
    'an http issuer whose name only begins like loopback',
    { OSTIARY_ISSUER: 'http://127.0.0.1.example' },
    ['OSTIARY_ISSUER', 'https'],
  ],
  [
    'no issuer on all addresses',
    { OSTIARY_ISSUER: '', OSTIARY_HTTP_HOST: '0.0.0.0' },
    ['OSTIARY_ISSUER', '0.0.0.0'],
  ],
  [
    'MongoDB without a pepper',
    { OSTIARY_STORAGE_URI: mongoUri },
    ['OSTIARY_SECRET_PEPPER', 'openssl rand'],
  ],
  ['a store of another kind', { OSTIARY_STORAGE_URI: 'mysql://x' }, ['OSTIARY_STORAGE_URI']],
  [
    'a MongoDB URI that cannot be read',
    { ...pepper, OSTIARY_STORAGE_URI: `mongodb://ostiary:${secret}/x@127.0.0.1:1/y` },
    ['MongoDB URI'],
  ],
  [
    'a MongoDB that is not there',
    {
      ...pepper,
      OSTIARY_STORAGE_URI: mongoUri,
      OSTIARY_STORAGE_START_TIMEOUT_SECONDS: '0',
      OSTIARY_STORAGE_TIMEOUT_SECONDS: '1',
    },
    ['OSTIARY_STORAGE_URI', 'startTimeoutSeconds'],
  ],
  ['a pepper that is short', { OSTIARY_SECRET_PEPPER: 'short' }, ['OSTIARY_SECRET_PEPPER', '32']],
  [
    'a passphrase file that is not there',
    { OSTIARY_KEYS_PASSPHRASE_FILE: '/nowhere/passphrase' },
    ['OSTIARY_KEYS_PASSPHRASE_FILE', '/nowhere/passphrase'],
  ],
  [
    'a first secret of our form with a wrong checksum',
    { OSTIARY_BOOTSTRAP_CLIENT_SECRET: 'ost_sk_hunter2-hunter2-hunter2-hunter2' },
    ['OSTIARY_BOOTSTRAP_CLIENT_SECRET', 'checksum'],
  ],
  [
    'a Host header that is none',
    { OSTIARY_HTTP_ALLOWED_HOSTS: 'http://auth.example,a b' },
    ['OSTIARY_HTTP_ALLOWED_HOSTS'],
  ],
  [
    'a trusted proxy that is no address',
    { OSTIARY_HTTP_TRUSTED_PROXIES: '10.0.0.0/99' },
    ['OSTIARY_HTTP_TRUSTED_PROXIES', '10.0.0.0/99'],
  ],
  [
    'tokens for everybody',
    { OSTIARY_OAUTH_DEFAULT_RESOURCE: '*' },
    ['OSTIARY_OAUTH_DEFAULT_RESOURCE'],
  ],
  [
    'an address of another machine',
    { OSTIARY_HTTP_HOST: '192.0.2.1', OSTIARY_ISSUER: 'https://auth.example' },
    ['OSTIARY_HTTP_HOST', '192.0.2.1'],
  ],
  ['a file that is not there', { OSTIARY_CONFIG: '/nowhere/ostiary.yaml' }, ['OSTIARY_CONFIG']],
  ['a data folder that is a file', { OSTIARY_DATA_DIR: 'package.json' }, ['OSTIARY_DATA_DIR']],
  ['a keys folder below a file', { OSTIARY_KEYS_DIR: 'package.json/x' }, ['OSTIARY_KEYS_DIR']],
]

const log = openLogger({ level: 'error', format: 'json' })

async function startAndStop(dir: string, env: Record<string, string> = {}): Promise<void> {
  const { settings: found } = loadSettings({ ...settingsIn(dir), ...env })
  await (await startServer({ settings: found, log, now: Date.now })).close()
}

/** Why a server does not start here: what a process of its own would say. */
async function reasonHere(dir: string, env: Record<string, string> = {}): Promise<string> {
  try {
    await startAndStop(dir, env)
  } catch (error) {
    return String(inWords(error))
  }
  throw new Error('it has started')
}

function expectNamed(text: string, says: readonly string[]): void {
  for (const part of says) expect(text).toContain(part)
  expect(text).not.toContain('hunter2')
}

test.each(settings)('a start with %s is refused by name', async (_, env, says) => {
  expectNamed(await reasonHere(await newFolder(), env), says)
})

const byProcess = [
  'a port that is none',
  'a MongoDB that is not there',
  'a data folder that is a file',
]

test.each(settings.filter(([title]) => byProcess.includes(title)))(
  'a process with %s says why on one line, and ends',
  async (_, env, says) => {
    expectNamed(await refusal(await newFolder(), env), says)
  },
)

describeMongo('a MongoDB that refuses the credentials', () => {
  test('is not waited for', async () => {
    const uri = new URL(newDatabase().uri)
    uri.username = 'stranger'
    uri.password = secret
    const text = await refusal(await newFolder(), { ...pepper, OSTIARY_STORAGE_URI: uri.href })
    expect(text).toMatch(/OSTIARY_STORAGE_URI.*refused the credentials/)
    expect(text).not.toContain('hunter2')
  })
})

test.each([
  ['lost', async (file: string) => await rm(file)],
  ['empty', async (file: string) => await writeFile(file, '')],
  ['open to everyone', async (file: string) => await chmod(file, 0o644)],
])('a pepper that is %s beside a database is refused by name', async (_, spoil) => {
  const dir = await newFolder()
  await startAndStop(dir)
  await spoil(join(dir, 'data', 'pepper'))
  expect(await reasonHere(dir)).toContain(join('data', 'pepper'))
})

test('a refusal to start is one line in the configured form of the log', async () => {
  const dir = await newFolder()
  const faulty = { OSTIARY_HTTP_PORT: 'high', OSTIARY_ISSUER: 'http://auth.example' }
  for (const env of [faulty, { OSTIARY_DATA_DIR: 'package.json' }]) {
    const server = launch(dir, { ...env, OSTIARY_LOG_FORMAT: 'text' })
    await server.exit
    expect(server.stderr()).toMatch(/^\d{4}-\S+Z error cannot start reason=".*OSTIARY_.*"\n$/)
  }
})

test('every fault of the configuration is in one refusal', async () => {
  const dir = await newFolder()
  const file = join(dir, 'ostiary.yaml')
  await writeFile(file, 'http:\n  prot: 80\ncolor: red\nlog:\n  level: loud\n')
  const text = await refusal(dir, {
    OSTIARY_CONFIG: file,
    OSTIARY_TOKENS_ACCESS_SECONDS: '1',
    OSTIARY_ISSUER: 'http://auth.example',
    OSTIARY_KEYS_PASSPHRASE_FILE: '/nowhere/passphrase',
  })
  for (const part of [
    'http.prot: is no setting',
    'color: is no setting',
    'log.level (OSTIARY_LOG_LEVEL): got "loud", expected error, warn, info, debug',
    'tokens.accessSeconds (OSTIARY_TOKENS_ACCESS_SECONDS): got 1, expected a whole number from 10',
    'issuer (OSTIARY_ISSUER): got "http://auth.example"',
    'OSTIARY_KEYS_PASSPHRASE_FILE',
  ]) {
    expect(text).toContain(part)
  }
})

test('a key file that everyone may read is refused, one that the group may read is not', async () => {
  const dir = await newFolder()
  const keys = join(dir, 'keys')
  const options = {
    place: folderPlace(keys),
    alg: 'ES256',
    now: Date.now,
    maxTokenLifetimeSeconds: 60,
  } as const
  await rotate({ ...options, publishSeconds: 0 })
  const [name = ''] = (await readdir(keys)).filter((file) => file.endsWith('.json'))
  await chmod(join(keys, name), 0o644)
  const text = await reasonHere(dir)
  for (const part of [name, 'everyone', 'chmod']) expect(text).toContain(part)
  await chmod(join(keys, name), 0o640)
  await startAndStop(dir)
})

test('a second process on one SQLite file is refused, and the first goes on', async () => {
  const dir = await newFolder()
  const first = await start(dir)
  const text = await refusal(dir)
  for (const part of ['ostiary.db', 'Another process']) expect(text).toContain(part)
  expect((await first.token(await first.root())).status).toBe(200)
})

test('a store of a newer release is refused, and left as it is', async () => {
  const dir = await newFolder()
  await startAndStop(dir)
  const db = new DatabaseSync(join(dir, 'data', 'ostiary.db'))
  db.exec("UPDATE meta SET value = 99 WHERE name = 'schema'")
  const text = await reasonHere(dir)
  for (const part of ['ostiary.db', 'schema 99', 'newer']) expect(text).toContain(part)
  expect(db.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.['value']).toBe(99)
  db.close()
})

test('a database that is a folder is refused by name', async () => {
  const dir = await newFolder()
  const folder = join(dir, 'folder')
  await mkdir(folder)
  const text = await reasonHere(dir, { OSTIARY_STORAGE_URI: `sqlite:${folder}` })
  for (const part of [folder, 'cannot be opened']) expect(text).toContain(part)
})

test('a file that is no database of ours is refused, and left as it is', async () => {
  const dir = await newFolder()
  await mkdir(join(dir, 'data'))
  await writeFile(join(dir, 'data', 'ostiary.db'), 'these are the notes of somebody '.repeat(200))
  expect(await reasonHere(dir)).toContain('ostiary.db')
})

test('a port that is taken is refused by its number', async () => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const text = await reasonHere(await newFolder(), { OSTIARY_HTTP_PORT: port })
  for (const part of ['OSTIARY_HTTP_PORT', port, 'listens there']) expect(text).toContain(part)
  other.close()
})

test('an unknown variable is warned of by name, one that Kubernetes makes says so', async () => {
  const server = await start(await newFolder(), {
    OSTIARY_HTTP_PROT: '80',
    OSTIARY_SERVICE_HOST: '10.0.0.1',
    OSTIARY_PORT_3000_TCP_ADDR: '10.0.0.1',
  })
  const warned = server
    .log()
    .split('\n')
    .filter((line) => line.includes('"warn"'))
  expect(warned).toHaveLength(3)
  expect(warned.join('\n')).toContain('OSTIARY_HTTP_PROT is no setting')
  expect(warned.filter((line) => line.includes('Kubernetes'))).toHaveLength(2)
})
