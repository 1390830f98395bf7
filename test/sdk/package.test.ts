import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../support/server.ts'

const run = promisify(execFile)
const checkout = resolve(import.meta.dirname, '../..')
const modules = join(checkout, 'node_modules')

/** The folder of somebody who has installed the package, and nothing else. */
let consumer: string
let dir: string
let server: TestServer
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-sdk-package-'))
  const built = join(dir, 'built')
  consumer = join(dir, 'consumer')
  await mkdir(consumer)
  await run(process.execPath, [join(checkout, 'config/build-sdk.js'), built])
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', dir], { cwd: built })
  await writeFile(join(consumer, 'package.json'), '{"private":true}')
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier']
  const tarball = join(dir, packed.stdout.trim())
  await run('npm', ['install', ...quietly, tarball], { cwd: consumer })
  server = await startTestServer()
})

afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

/** The oldest Node that the package is for: what is on PATH beside that of this checkout. */
async function node20(): Promise<string> {
  const named = process.env['OSTIARY_TEST_NODE20']
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
  for (const file of named === undefined ? onPath.filter(existsSync) : [named]) {
    if ((await run(file, ['--version'])).stdout.startsWith('v20.')) return file
  }
  throw new Error('No Node 20 on PATH. Install one, or set OSTIARY_TEST_NODE20 to its file')
}

/** The same work for both forms: a token, its claims, a call of the API, and a failure. */
const work = `
  const authentication = sdk.clientSecretBasic(process.env.ID, process.env.SECRET)
  const { value } = await sdk.tokenSource({ issuer, authentication })()
  const claims = await sdk.verifier({ issuer, audience: issuer })(value)
  const admin = sdk.adminClient({ url: issuer, authentication, clientKey: process.env.KEY })
  const { items } = await admin.accounts()
  const jwk = JSON.parse(process.env.JWK)
  const login = await sdk.privateKeyJwt('client', { privateKey: jwk })(issuer)
  const failed = await sdk.verifier({ issuer, audience: issuer })('a.b.c').catch((error) => error)
  console.log(JSON.stringify({
    client: claims.client_id,
    first: items[0].clientId,
    assertion: login.form.client_assertion.split('.').length,
    failed: [failed instanceof sdk.OstiaryError, failed.code],
    version: process.versions.node.split('.')[0],
  }))
`
const programs = {
  'program.mjs': `import * as sdk from 'ostiary-sdk'\nconst issuer = process.env.ISSUER\n${work}`,
  'program.cjs': `const sdk = require('ostiary-sdk')\nconst issuer = process.env.ISSUER\n;(async () => {${work}})()`,
}

const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
}

async function output(node: string, args: readonly string[]): Promise<unknown> {
  const { clientId, clientSecret, clientKey } = server.admin
  const { stdout } = await run(node, [...args], {
    cwd: consumer,
    env: {
      ISSUER: server.url,
      ID: clientId,
      SECRET: clientSecret,
      KEY: clientKey,
      JWK: JSON.stringify(jwk),
    },
  })
  return JSON.parse(stdout)
}

describe('the package of the SDK', () => {
  test('installs itself and jose, and nothing else', async () => {
    const names = await readdir(join(consumer, 'node_modules'))
    expect(names.filter((name) => !name.startsWith('.')).sort()).toEqual(['jose', 'ostiary-sdk'])
  })

  test.each(Object.entries(programs))(
    'works on Node 20 and on this one: %s',
    async (name, text) => {
      await writeFile(join(consumer, name), text)
      const { clientId } = server.admin
      const expected = {
        client: clientId,
        first: clientId,
        assertion: 3,
        failed: [true, 'invalid_token'],
      }
      // The first releases of Node 20 cannot `require` an ES module; jose is one.
      const oldest = await output(await node20(), ['--no-experimental-require-module', name])
      expect(oldest).toEqual({ ...expected, version: '20' })
      const newest = await output(process.execPath, [name])
      expect(newest).toMatchObject(expected)
    },
  )

  test('has types for both forms that need nothing else, neither of Node nor of jose', async () => {
    const program = (importing: string) => `${importing}
      const authentication = sdk.clientSecretBasic('a', 'b')
      export const token = sdk.tokenSource({ issuer: 'https://a.example', authentication })
      export const names: Promise<string[]> = sdk
        .adminClient({ url: 'https://a.example', token })
        .accounts({ perPage: 5 })
        .then(({ items }) => items.map((item) => item.name))
      // @ts-expect-error: a state is one of two
      sdk.adminClient({ url: 'https://a.example', token }).updateAccount('a', { state: 'odd' })`
    await writeFile(join(consumer, 'typed.mts'), program(`import * as sdk from 'ostiary-sdk'`))
    await writeFile(join(consumer, 'typed.cts'), program(`import sdk = require('ostiary-sdk')`))
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'node16',
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
    }
    const project = { compilerOptions, include: ['typed.*'] }
    await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify(project))
    const tsc = join(modules, 'typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', consumer]).catch((error) => error)
    expect(stdout).toBe('')
  })

  test.each(['', 'cjs/'])(
    'imports nothing of Node, so that a browser can load it: %j',
    async (form) => {
      const folder = join(consumer, 'node_modules/ostiary-sdk', form)
      const files = (await readdir(folder)).filter((file) => file.endsWith('.js'))
      const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
      const imported = sources.flatMap((source) =>
        [...source.matchAll(/(?:from |import\(|require\()'([^'.][^']*)'/g)].map(([, name]) => name),
      )
      expect(files).toContain('index.js')
      expect(new Set(imported)).toEqual(new Set(['jose']))
      expect(sources.join('\n')).not.toMatch(/\b(process|Buffer|__dirname)\b/)
    },
  )
})
