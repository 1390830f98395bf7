import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { rsaPair } from '../support/rsa-pairs.ts'
import { ostiary } from './command-line.ts'

describe('a wrong command line', () => {
  test.each([
    [['nothing'], "unknown command 'nothing'"],
    [['accounts', 'lst'], "unknown command 'lst'"],
    [['accounts', 'list', '--permission'], "unknown option '--permission'"],
    [['accounts', 'create'], "required option '--name <name>' not specified"],
    [['accounts', 'show'], "missing required argument 'client-id'"],
    [['audit', 'list', '--limit', 'all'], 'Expected a whole number from 1.'],
    [['accounts'], 'a verb is missing'],
    [['token'], 'Set OSTIARY_CLIENT_ID'],
    [['token', '--url', 'ftp://x'], 'expected an http or https URL'],
  ])('%j is told to programs as JSON, and to nobody twice', async (args, message) => {
    const { code, stdout, stderr } = await ostiary([...args, '--json'])
    expect([code, stdout]).toEqual([2, ''])
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      exitCode: 2,
    })
  })

  test.each([
    [['acounts', 'list'], 'accounts'],
    [['accounts', 'lst'], 'list'],
    [['accounts', 'list', '--client-idd', 'x'], '--client-id'],
  ])('%j names what may have been meant', async (args, meant) => {
    expect((await ostiary(args)).stderr).toContain(`(Did you mean ${meant}?)`)
    const { stderr } = await ostiary([...args, '--json'])
    expect(JSON.parse(stderr).error.advice).toBe(`Did you mean ${meant}?`)
  })

  test('--json after -- is an argument, and asks for nothing', async () => {
    const { stderr } = await ostiary(['accounts', 'show', '--', '--json', 'more'])
    expect(stderr).toMatch(/^error: too many arguments/)
  })

  test('help stays help, with --json too', async () => {
    const { code, stdout, stderr } = await ostiary(['accounts', '--help', '--json'])
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^Usage: /), ''])
  })
})

describe('the help', () => {
  test('has what a verb takes itself before what most verbs take alike', async () => {
    const { stdout } = await ostiary(['accounts', 'list', '--help'])
    const places = [
      '\nOptions:',
      '--search',
      '\nWho asks, and where:',
      '--url',
      '\nGlobal Options:',
    ]
    const found = places.map((text) => stdout.indexOf(text))
    expect(found).toEqual(found.toSorted((one, other) => one - other))
    expect(found).not.toContain(-1)
  })

  test('of each place, and of each verb in it, fits 80 columns', async () => {
    const verbsOf = async (...place: readonly string[]) => {
      const { stdout } = await ostiary([...place, '--help'])
      const wide = stdout.split('\n').filter((line) => line.length > 80)
      expect([place, wide]).toEqual([place, []])
      const [, ...sections] = stdout
        .split(/\n(?=\S)/)
        .filter((part) => !/^(Global )?Opt/.test(part))
      return sections.flatMap((part) =>
        [...part.matchAll(/^ {2}([a-z][a-z-]+)(?= )/gm)].map(([, verb = '']) => verb),
      )
    }
    const places = (await verbsOf()).filter((verb) => verb !== 'help')
    expect(places.length).toBeGreaterThan(20)
    for (const place of places) {
      for (const verb of await verbsOf(place)) if (verb !== 'help') await verbsOf(place, verb)
    }
  })
})

test('a private key that is encrypted is said to be encrypted, in each form', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
  const { privateKey } = rsaPair('kept secret')
  const sealed = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'not told' } as const
  const pkcs8 = String(privateKey.export({ type: 'pkcs8', ...sealed }))
  const miactl = { 'client-id': 'me', 'private-key-data': Buffer.from(pkcs8).toString('base64') }
  const forms = [
    pkcs8,
    String(privateKey.export({ type: 'pkcs1', ...sealed })),
    JSON.stringify(miactl),
  ]
  const file = join(dir, 'key')
  for (const form of forms) {
    await writeFile(file, form)
    const { code, stderr } = await ostiary(['token', '--client-id', 'me', '--key-file', file])
    expect([code, stderr]).toEqual([2, expect.stringContaining('is encrypted; decrypt it')])
  }
  await rm(dir, { recursive: true, force: true })
})

test.each([
  [['audit', 'list', '--operation', 'Edit'], '--operation'],
  [['audit', 'list', '--action', 'account.create'], '--action'],
  [['audit', 'list', '--identity-type', 'user'], '--identity-type'],
  [['audit', 'export', '--resource-type', 'project'], '--resource-type'],
  [['audit', 'list', '--after', 'x'], '--after'],
  [['audit', 'export', '--operation', 'Edit'], '--operation'],
  [['audit', 'export', '--after', 'x'], '--after'],
  [['users', 'list', '--role', 'guest'], '--role'],
  [['accounts', 'create', '--name', 'x', '--permissions', 'y', '--project', 'z'], '--project'],
  [
    ['accounts', 'create', '--name', 'x', '--permissions', 'y', '--environment', 'z'],
    '--environment',
  ],
])('%j, which only counts in a company, is refused without one', async (args, option) => {
  const login = {
    OSTIARY_CLIENT_ID: 'me',
    OSTIARY_CLIENT_SECRET: 'kept',
    OSTIARY_URL: 'http://127.0.0.1:9',
  }
  const { code, stdout, stderr } = await ostiary(args, login)
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`${option}: `)])
  expect(stderr).toContain('--company')
})

describe('a file that is not in UTF-8', () => {
  const wrong = Buffer.from('{\n"name":"q\xff"}', 'latin1')
  const who = ['--client-id', 'me', '--url', 'http://127.0.0.1:9']

  const lines: readonly (readonly string[])[] = [
    ['import', 'mia', 'FILE'],
    ['import', 'convert', 'FILE'],
    ['import', 'convert', 'NONE', '--credentials', 'FILE', '--client-ids', 'FILE'],
    ['login', 'FILE'],
    ['token', ...who, '--key-file', 'FILE'],
    ['token', ...who, '--client-secret-file', 'FILE'],
    ['token', ...who, '--client-secret', 'kept', '--ca-file', 'FILE'],
    ['accounts', 'create', '--name', 'x', '--permissions', 'y', ...who, '--public-key', 'FILE'],
    ['token', '--profile', 'wrong'],
  ]

  test.each(lines.map((args) => [args] as const))(
    'is refused by its name and line, and never mended: %j',
    async (args) => {
      const dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
      const profiles = join(dir, 'ostiary', 'profiles')
      await mkdir(profiles, { recursive: true })
      await writeFile(join(profiles, 'wrong.json'), wrong, { mode: 0o600 })
      const file = join(dir, 'file')
      await writeFile(file, wrong)
      const none = join(dir, 'none')
      await writeFile(none, '[]')
      const line = args.map((arg) => arg.replace(/^FILE$/, file).replace(/^NONE$/, none))
      const { code, stdout, stderr } = await ostiary(line, { XDG_CONFIG_HOME: dir })
      await rm(dir, { recursive: true, force: true })
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('is not in UTF-8: see line 2, and save it as text in UTF-8')
      expect(stderr).toContain(args.includes('wrong') ? join(profiles, 'wrong.json') : file)
    },
  )
})
