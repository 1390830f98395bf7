import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { loadSettings } from '../../src/config/load.ts'
import { pepperOf, Secret } from '../../src/domain/secret.ts'
import { loadPeppers } from '../../src/server/peppers.ts'

const text = 'a pepper of more than 32 characters'
let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-pepper-'))
})
afterAll(async () => await rm(dir, { recursive: true }))

test.each([
  ['alone', text],
  ['before a line break', `${text}\n`],
  ['between blanks', ` ${text}\t\n`],
  ['after a BOM, before line breaks of Windows', `\uFEFF${text}\r\n\r\n`],
])('the pepper of the data folder is the same %s', async (_, content) => {
  await writeFile(join(dir, 'pepper'), content, { mode: 0o600 })
  const { settings } = loadSettings({ OSTIARY_DATA_DIR: dir })
  const [pepper] = await loadPeppers(settings, { head: async () => 1 })
  expect(pepper.id).toBe(pepperOf(new Secret(text)).id)
})

test('a pepper of the data folder that is not in UTF-8 is refused, and never mended', async () => {
  const file = join(dir, 'pepper')
  await writeFile(file, `${text}\xff`, { encoding: 'latin1', mode: 0o600 })
  const { settings } = loadSettings({ OSTIARY_DATA_DIR: dir })
  await expect(loadPeppers(settings, { head: async () => 1 })).rejects.toThrow(
    `${file} is not in UTF-8: see line 1`,
  )
})
