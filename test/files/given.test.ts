import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readGiven } from '../../src/files/given.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ostiary-given-'))
})
afterEach(async () => await rm(dir, { recursive: true }))

function newPipe(): string {
  const pipe = join(dir, 'pipe')
  execFileSync('mkfifo', [pipe])
  return pipe
}

test('a file is read to its end, also an empty one', async () => {
  const file = join(dir, 'file')
  for (const text of ['', 'value\n', 'ä'.repeat(100_000)]) {
    await writeFile(file, text)
    expect(readGiven(file)).toBe(text)
  }
})

test.each([
  ['at once', 'printf value > "$0"'],
  ['once it has found it', 'exec > "$0"; "$1" -p "\'value\'" | tr -d "\\n"'],
  [
    'later, and in parts',
    '"$1" -p 1 > /dev/null; { printf val; "$1" -p "\'ue\'" | tr -d "\\n"; } > "$0"',
  ],
])('a pipe is read to the end of who writes into it %s', async (_, script) => {
  const pipe = newPipe()
  const writer = spawn('/bin/sh', ['-c', script, pipe, process.execPath], { timeout: 60_000 })
  const ended = once(writer, 'exit')
  expect(readGiven(pipe)).toBe('value')
  await ended
})

test('a pipe that nobody writes into is waited for a while, not for ever', () => {
  expect(() => readGiven(newPipe(), 1)).toThrow(/^nobody writes into this pipe/)
})

test('what has no end is read to a bound', () => {
  expect(() => readGiven('/dev/zero')).toThrow('it holds more than 256 MiB')
})

test.each([
  ['of another coding, in its third line', 'a\nb\nq\xff\n', 3],
  ['that begins as UTF-16 does', '\xff\xfea\0', 1],
  ['cut within a character, at its end', 'a\n\xef\xbf', 2],
  ['cut within a character, before a line break', 'a\n\xef\xbf\nb\n', 2],
  ['behind a character that stands for a wrong one', '\xef\xbf\xbd\n\xff', 2],
])('a file %s is refused by its name and that line', async (_, bytes, line) => {
  const file = join(dir, 'file')
  await writeFile(file, bytes, 'latin1')
  expect(() => readGiven(file)).toThrow(
    `${file} is not in UTF-8: see line ${line}, and save it as text in UTF-8`,
  )
})
