import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { runWithoutRoom } from '../support/without-room.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-marks-'))
})
afterEach(async () => await rm(dir, { recursive: true }))

const file = () => join(dir, '.installation')

/** Marks the folder for the installation `own`, whose log has come to 7, where no file may be written. */
function markWithoutRoom(): string {
  const module = new URL('../../src/server/installation/in-place.ts', import.meta.url)
  const script = `
  const { markFolders } = await import(${JSON.stringify(module)})
  const settings = { data: { dir: ${JSON.stringify(dir)} }, keys: { store: 'database' } }
  const store = { get: async () => ({ mark: 'own' }), events: async () => [{ seq: 7, hash: 'h' }] }
  console.log(await markFolders(settings, store).then(() => 'done', (error) => error.message))`
  return runWithoutRoom(script).trim()
}

test('a mark that says less than it could stays where there is no room for another', async () => {
  const before = '{"mark":"own","head":5}'
  await writeFile(file(), before)
  expect(markWithoutRoom()).toBe('done')
  expect(await readFile(file(), 'utf8')).toBe(before)
})

test.each([
  ['of a first start that is not done', '{}'],
  ['of another installation', '{"mark":"other","head":5}'],
])('where there is no room, a mark %s is not let be', async (_, before) => {
  await writeFile(file(), before)
  expect(markWithoutRoom()).toBe(`${file()} cannot be written: EFBIG`)
})

test('a folder without a mark is not let be where there is no room for one', () => {
  expect(markWithoutRoom()).toBe(`${file()} cannot be written: EFBIG`)
})
