import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { memoryFlags, memorySettings } from '../../src/cli/commands/serve.ts'
import { compileCache } from '../support/compile-cache.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { launcher, operator, ostiaryProcess } from './command-line.ts'

let server: TestServer
let dir: string

beforeAll(async () => {
  server = await startTestServer()
  dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
})

afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

describe('the binary', () => {
  test('reads its environment and standard input, and writes the answer to standard output', async () => {
    const token = await ostiaryProcess(['token'], operator(server))
    expect([token.code, token.stderr]).toEqual([0, ''])
    const verified = await ostiaryProcess(['verify', '-', '--url', server.url], {}, token.stdout)
    expect([verified.code, verified.json.sub]).toEqual([0, server.admin.clientId])
  })

  test('waits for what comes late through a pipe', async () => {
    const both = '"$0" "$1" token | "$0" "$1" verify - --json'
    const child = spawn('sh', ['-c', both, process.execPath, launcher], {
      env: { PATH: process.env['PATH'], ...compileCache, ...operator(server) },
    })
    const [answer, told] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(told).toBe('')
    expect(JSON.parse(answer)).toMatchObject({ sub: server.admin.clientId })
  })

  test('ends with 1 when it was refused, and writes why to standard error', async () => {
    const args = ['token', '--client-secret', 'wrong']
    const { code, stdout, stderr } = await ostiaryProcess(args, operator(server))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^ostiary: client authentication failed/)
  })

  test('ends with 2 when the command line is wrong, and with 0 after its help', async () => {
    const wrong = await ostiaryProcess(['nothing'])
    expect([wrong.code, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain("unknown command 'nothing'")
    const help = await ostiaryProcess(['accounts', 'list', '--help'])
    expect([help.code, help.stderr]).toEqual([0, ''])
    for (const variable of ['URL', 'CLIENT_ID', 'CLIENT_SECRET', 'CLIENT_KEY']) {
      expect(help.stdout).toMatch(new RegExp(`env:\\s+OSTIARY_${variable}\\)`))
    }
  })

  test('reads the settings of the server for the verbs that call none', async () => {
    const env = { OSTIARY_KEYS_DIR: join(dir, 'keys'), OSTIARY_SIGNING_ALG: 'ES256' }
    const { code, json } = await ostiaryProcess(['keys', 'rotate', '--json'], env)
    expect([code, json.key.alg]).toEqual([0, 'ES256'])
  })

  test('ends with 0, and in silence, when nobody reads on', async () => {
    const child = spawn(process.execPath, [launcher, '--help'], { env: compileCache })
    child.stdout.destroy()
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('ends with the code of what it came to when nobody reads its errors', async () => {
    const child = spawn(process.execPath, [launcher, 'nothing'], { env: compileCache })
    child.stderr.destroy()
    const [code] = await once(child, 'exit')
    expect(code).toBe(2)
  })

  const fullDisk = '/dev/full'
  const onDevices = existsSync(fullDisk) ? test : test.skip
  onDevices.each([
    [[], /^ostiary: the answer could not be written: ENOSPC: no space left on device, write\n$/],
    [
      ['--json'],
      /^\{"error":\{"code":"failed","message":"the answer could not be .*"exitCode":2\}\}\n$/,
    ],
  ])('ends with 2 and a line that says why when its answer has no room: %j', async (args, said) => {
    const disk = await open(fullDisk, 'w')
    const stdio = ['ignore', disk.fd, 'pipe'] as const
    const child = spawn(process.execPath, [launcher, 'permissions', ...args], {
      env: compileCache,
      stdio: [...stdio],
    })
    const errors = child.stderr ?? Readable.from([])
    const [stderr, [code]] = await Promise.all([text(errors), once(child, 'exit')])
    await disk.close()
    expect(stderr).toMatch(said)
    expect(code).toBe(2)
  })

  onDevices(
    'keeps a token in a file until it is told to end, though its log has no room',
    async () => {
      const out = join(dir, 'kept-token')
      const disk = await open(fullDisk, 'w')
      const child = spawn(process.execPath, [launcher, 'agent', '--out', out], {
        env: { ...compileCache, ...operator(server) },
        stdio: ['ignore', disk.fd, 'pipe'],
      })
      const ended = once(child, 'exit')
      await Promise.race([ended, eventually(() => existsSync(out))])
      child.kill('SIGTERM')
      const [code] = await ended
      await disk.close()
      expect(code).toBe(0)
    },
  )
})

describe('ostiary serve', () => {
  /** What a process was started with, told before it does anything else. */
  const telling = `--import=data:text/javascript,${encodeURIComponent(
    'const { pid, execArgv, env } = process; process.stderr.write([pid, ...execArgv, env.MALLOC_ARENA_MAX].join(" ") + "\\n")',
  )}`

  test('runs with the memory flags of npm start and the image, as the process that was started', async () => {
    const checkout = resolve(import.meta.dirname, '../..')
    for (const file of ['package.json', 'Dockerfile', 'test/bench/servers.ts']) {
      const text = await readFile(join(checkout, file), 'utf8')
      expect([file, text.match(/--(max|heap|v8)-[\w=-]+/g)]).toEqual([file, [...memoryFlags]])
      const [, arenas] = /MALLOC_ARENA_MAX\W+(\w+)/.exec(text) ?? []
      expect([file, { MALLOC_ARENA_MAX: arenas }]).toEqual([file, memorySettings])
    }
    const env = { NODE_OPTIONS: telling, OSTIARY_SIGNING_ALG: 'HS256' }
    const { code, stderr } = await ostiaryProcess(['serve'], env)
    const [before, after] = stderr.split('\n').map((line) => line.split(' '))
    expect(before).toEqual([expect.stringMatching(/^\d+$/), ''])
    expect(after).toEqual([before?.[0], ...memoryFlags, memorySettings.MALLOC_ARENA_MAX])
    expect([code, stderr]).toEqual([2, expect.stringContaining('OSTIARY_SIGNING_ALG')])
  })
})
