import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { launcher } from '../cli/command-line.ts'
import { launch, newFolder, start, stop } from './server-process.ts'

/** Runs what comes after it where no file may grow beyond so many blocks of 512 bytes. */
const within = (blocks: number) => ['/bin/sh', '-c', `ulimit -f ${blocks}; exec "$0" "$@"`]

test('a start without room for the store says so, in words', async () => {
  const server = launch(await newFolder(), {}, [...within(0), process.execPath, 'src/main.ts'])
  expect((await server.exit).code).toBe(2)
  expect(JSON.parse(server.stderr()).reason).toMatch(/^The disk of the store is full; .*: /)
})

test('a backup without room names where there is none, and leaves nothing there', async () => {
  const dir = await newFolder()
  const server = await start(dir)
  const target = join(dir, 'kept')
  const [file = '', ...args] = [...within(16), process.execPath, launcher, 'backup', target]
  const env = { OSTIARY_DATA_DIR: join(dir, 'data'), OSTIARY_KEYS_DIR: join(dir, 'keys') }
  const { status, stderr } = spawnSync(file, args, { env })
  expect([status, String(stderr)]).toEqual([
    2,
    expect.stringMatching(/^ostiary: \S+\/kept\.partial-\S+ cannot be written: .*\n$/),
  ])
  expect(existsSync(target)).toBe(false)
  expect((await readdir(dir)).filter((name) => name.startsWith('kept'))).toEqual([])
  await stop(server)
})
