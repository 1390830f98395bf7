import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { createFile, replaceFile } from '../../src/files/durable.ts'
import { runWithoutRoom } from '../support/without-room.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-durable-'))
})
afterEach(async () => {
  jest.restoreAllMocks()
  await rm(dir, { recursive: true })
})

const contents = Array.from({ length: 20 }, (_, index) => `content ${index}`)

test('of writers in the same moment, whose process ids are equal, one makes the file', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(1)
  await Promise.all(contents.map((content) => createFile(dir, 'kept.json', content)))
  expect(await readdir(dir)).toEqual(['kept.json'])
  expect(contents).toContain(await readFile(join(dir, 'kept.json'), 'utf8'))
})

test.each(['createFile', 'replaceFile'])(
  '%s names the file for which there is no room, by its code too',
  async (write) => {
    const module = new URL('../../src/files/durable.ts', import.meta.url)
    const script = `
    const { ${write}: write } = await import(${JSON.stringify(module)})
    const { message, code } = await write(${JSON.stringify(dir)}, 'kept.json', 'x').catch((error) => error)
    console.log(JSON.stringify({ message, code }))`
    expect(JSON.parse(runWithoutRoom(script))).toEqual({
      message: `${join(dir, 'kept.json')} cannot be written: EFBIG`,
      code: 'EFBIG',
    })
    expect(await readdir(dir)).toEqual([])
  },
)

test('of those who replace a file in the same moment, each leaves it whole', async () => {
  await Promise.all(contents.map((content) => replaceFile(dir, 'kept.json', content)))
  expect(await readdir(dir)).toEqual(['kept.json'])
  expect(contents).toContain(await readFile(join(dir, 'kept.json'), 'utf8'))
})
