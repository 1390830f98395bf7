import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const run = promisify(execFile)
const checkout = resolve(import.meta.dirname, '../..')

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-package-'))
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', dir], {
    cwd: checkout,
  })
  await run('tar', ['-xzf', join(dir, stdout.trim().split('\n').at(-1) ?? ''), '-C', dir])
  await symlink(join(checkout, 'node_modules'), join(dir, 'node_modules'))
})

afterAll(() => rm(dir, { recursive: true, force: true }))

const node = (args: readonly string[], env: Record<string, string> = {}) =>
  run(process.execPath, [...args], {
    cwd: join(dir, 'package'),
    env: { PATH: process.env['PATH'], ...env },
  })

test('the published package holds what was built and its pages, and no sources, tests or keys', async () => {
  const { stdout } = await run('find', ['.', '-type', 'f'], { cwd: join(dir, 'package') })
  const files = stdout.trim().split('\n').sort()
  expect(files).toContain('./dist/sdk/index.d.ts')
  expect(files).toContain('./docs/settings.md')
  const others = files.filter(
    (file) => !/^\.\/(dist\/|docs\/[a-z]+\.md$|docs\/examples\/[a-z]+\.js$)/.test(file),
  )
  expect(others).toEqual([
    './README.md',
    './config/default.yaml',
    './package.json',
    './src/cli/bin.js',
  ])
  expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([])
})

test('the published package runs the command line', async () => {
  const { stdout } = await node(['src/cli/bin.js', 'keys', 'rotate', '--json'], {
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
  })
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'made', key: { phase: 'current' } })
})

test.each([
  ['module', "import * as sdk from 'ostiary'"],
  ['module', "import * as sdk from 'ostiary/sdk'"],
  ['commonjs', "const sdk = require('ostiary')"],
  ['commonjs', "const sdk = require('ostiary/sdk')"],
])('the published package is taken in as the SDK, as %s by %s', async (type, statement) => {
  const program = `${statement}; console.log(Object.keys(sdk).sort().join())`
  const { stdout } = await node([`--input-type=${type}`, '--eval', program])
  expect(stdout.trim().split(',')).toEqual([
    'OstiaryError',
    'adminClient',
    'clientSecretBasic',
    'discover',
    'expressToken',
    'fastifyToken',
    'koaToken',
    'privateKeyJwt',
    'requireToken',
    'revocationFeed',
    'sdkCodes',
    'tokenChecks',
    'tokenSource',
    'verifier',
  ])
})
