import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
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

test('a command that is given a pipe that nobody writes into is refused, by its name', async () => {
  const { pipe } = await withPipe()
  const args = ['token', '--client-id', 'x', '--client-secret-file', pipe]
  const child = spawn(process.execPath, [launcher, ...args], { env: compileCache, timeout: 60_000 })
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect([told, code]).toEqual([
    expect.stringMatching(new RegExp(`^ostiary: --client-secret-file: .*${reason}`)),
    2,
  ])
})

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
  ['data/.installation', 'is damaged'],
])('a pipe in place of %s is refused, by its name, and holds up no end', async (name, said) => {
  const dir = await newFolder()
  await (await startTestServer({ beside: { dir, env: {} } })).close()
  const pipe = join(dir, name)
  await rm(pipe, { force: true })
  execFileSync('mkfifo', ['-m', '600', pipe])
  const second = launch(dir)
  expect((await second.exit).code).toBe(2)
  expect(JSON.parse(second.stderr()).reason).toContain(`${pipe} ${said}`)
})
